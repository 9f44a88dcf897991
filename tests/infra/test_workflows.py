"""What GitHub runs: signed in by OIDC, actions by their commit, no key stored."""

import re
from pathlib import Path

import pytest

from infra.template import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_its_commit(path: Path) -> None:
    uses = re.findall(r"uses: (.+)", path.read_text())
    assert uses
    for each in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+", each), each


def test_no_workflow_reads_a_stored_key() -> None:
    for path in WORKFLOWS:
        assert "secrets." not in path.read_text()
        assert "aws-access-key" not in path.read_text()


def test_a_deployment_signs_in_for_one_run_as_the_role_of_its_environment() -> None:
    text = (ROOT / ".github" / "workflows" / "deploy.yml").read_text()
    assert "id-token: write" in text
    assert "role-to-assume: ${{ vars.AWS_ROLE_ARN }}" in text
    assert "environment: ${{ inputs.stage }}" in text
    run = re.findall(r"^ +- run: (.+)", text, re.MULTILINE)
    assert run == ['make deploy STAGE="$STAGE" PARAMETERS="$PARAMETERS"']


def test_every_list_of_packages_is_audited() -> None:
    text = (ROOT / ".github" / "workflows" / "audit.yml").read_text()
    lists = {"requirements.txt", "ingest_container/requirements.txt", "requirements-dev.txt"}
    for each in lists:
        assert (ROOT / each).exists()
        assert each in text
    for folder in ("frontend-static", "sandbox"):
        assert (ROOT / folder / "package-lock.json").exists()
        assert folder in text
