"""The template of the league, made once for all."""

import pytest

from infra.render import render, translated
from infra.template import Document, source_addresses


@pytest.fixture(scope="session")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """As Chalice makes it, with ours merged in."""
    return render("prod", tmp_path_factory.mktemp("template") / "made", source_addresses())


@pytest.fixture(scope="session")
def template(merged: Document) -> Document:
    """As CloudFormation sees it."""
    return translated(merged)
