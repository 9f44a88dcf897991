"""Every test that a page of docs/ names is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
_NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def named_tests() -> list[tuple[str, str, str]]:
    return [
        (page.name, path, test)
        for page in PAGES
        for path, test in _NAMED.findall(page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("page", "path", "test"), named_tests())
def test_a_named_test_exists(page: str, path: str, test: str) -> None:
    module = ROOT / path
    assert module.is_file(), f"{page} names {path}"
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert not test or test in names, f"{page} names {test}"


def test_every_line_of_the_promises_names_its_test() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    promises = [line for line in lines if not line.startswith("| What fails")]
    assert len(promises) > 20
    assert [line for line in promises if "::test_" not in line] == []
