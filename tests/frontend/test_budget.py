"""What each page may weigh, gzipped (1 KB = 1,000 B): its files as the HTML and its scripts name
them, without those that are loaded late."""

import gzip
import re
from pathlib import Path

import pytest

from tests.frontend.every_page import PAGES

LATE = ("line-chart", "compare-chart")
OWN = ("OwnParts", "own-charts", "own-words")
"""What only the trader's own profile loads."""
MOST = {"index": 20}
"""Kilobytes of scripts; for all other pages 25."""


def _size(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def _files(dist: Path, page: str) -> set[Path]:
    """The scripts and styles of a page, static imports included."""
    html = (dist / f"{page}.html").read_text()
    found: set[Path] = set()
    waiting = [dist / name for name in re.findall(r'(?:src|href)="/([^"]+\.(?:js|css))"', html)]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            script = path.read_text() if path.suffix == ".js" else ""
            names = re.findall(r'(?:from|import)\s*"\./([^"]+)"', script)
            waiting += [path.parent / name for name in names]
    return found


def _kilobytes(paths: set[Path], suffix: str) -> float:
    return sum(_size(path) for path in paths if path.suffix == suffix) / 1000


@pytest.mark.parametrize("page", PAGES)
def test_a_page_keeps_to_its_scripts_and_styles(dist: Path, page: str) -> None:
    files = _files(dist, page)
    assert 0 < _kilobytes(files, ".js") <= MOST.get(page, 25)
    assert 0 < _kilobytes(files, ".css") <= 8


@pytest.mark.parametrize("page", ["trader", "compare"])
def test_a_page_with_its_lines_keeps_to_fifty_kilobytes(dist: Path, page: str) -> None:
    late = {path for name in LATE for path in (dist / "assets").glob(f"{name}*.js")}
    assert len(late) >= len(LATE)
    assert _kilobytes(_files(dist, page) | late, ".js") <= 50


def test_a_trader_pays_little_more_for_his_own_profile(dist: Path) -> None:
    late = {path for name in OWN for path in (dist / "assets").glob(f"{name}*")}
    drawn = set((dist / "assets").glob(f"{LATE[0]}*"))
    seen = _files(dist, "trader")
    assert not late & seen
    assert 0 < _kilobytes(late, ".js") <= 10
    assert _kilobytes(seen | late | drawn, ".css") <= 8


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(dist: Path) -> None:
    for page in dist.glob("*.html"):
        html = page.read_text()
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:", html)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
