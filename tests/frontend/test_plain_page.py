"""The plain board page: safe under the site's policy, in plain words, and it runs."""

import json
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.block import Kind
from chalicelib.domain.profile import public_view
from chalicelib.entrypoints.openapi import document
from tests.builders import amounts, at, fill
from tests.read_side import HOUR, ReadSide

PAGE = Path(__file__).parents[2] / "sandbox/page"
MARKUP = "<img src=x onerror=alert(1)>"
HTML = (PAGE / "index.html").read_text()
SCRIPT = (PAGE / "page.js").read_text()
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")


def test_nothing_in_it_is_inline() -> None:
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:", HTML)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", HTML + SCRIPT)


def test_text_never_becomes_markup() -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval", SCRIPT)


def test_its_words_are_plain() -> None:
    literals = re.findall(r'"([^"]*)"|`([^`]*)`', SCRIPT)
    words = re.sub(r"<[^>]*>|\$\{[^}]*\}", " ", HTML + " ".join(a + " " + b for a, b in literals))
    assert not re.search(r"\b(TWR|MWR|mark|index|stale|drawdown|equity|volatility)\b", words)


def test_every_field_it_reads_is_one_of_the_interface() -> None:
    schemas = document()["components"]["schemas"].values()
    known = {name for schema in schemas for name in schema.get("properties", {})}
    assert set(re.findall(r"\.([a-z0-9]+(?:_[a-z0-9]+)+)\b", SCRIPT)) <= known


@pytest.fixture(scope="module")
def league() -> ReadSide:
    """Two traders; one whose name looks like markup, of whom much is known."""
    made = ReadSide()
    made.join(MARKUP)
    made.join("Bo", shown=None)
    listed = made.prices(HOUR, BTC="60000")
    view = public_view(amounts(BTC="1", USDT="20000"), listed, listed, {"BTC": Decimal(50000)})
    made.note(0, Kind.SLOW, 0, view={"0": view})
    for back in (1, 2, 3):
        made.day(0, made.today - back, index=1 / back, btc="50000")
    made.fakes.ledger.add("A0", [fill(executed_at=at(minutes=-5))])
    made.write(0, Kind.HOUR, HOUR - 1, value=10_000.0)
    made.publish([0, 1], ranked=1)
    return made


def shown(league: ReadSide, query: str, *routes: str) -> dict[str, Any]:
    """What the script builds for `query` from these routes' answers, by the element's id."""
    answers = {}
    with league.client() as client:
        for route in routes:
            response = client.get(route)
            answers[f"/api{route}"] = {
                "status": int(response.status_code),
                "body": response.json_body,
            }
    runner = [shutil.which("node") or "node", str(Path(__file__).with_name("dom.mjs"))]
    result = subprocess.run(
        [*runner, str(PAGE / "page.js"), query],
        input=json.dumps(answers),
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    made: dict[str, Any] = json.loads(result.stdout)
    return made


def texts(element: Any) -> list[str]:  # noqa: ANN401 (a tree of lists)
    """All text in an element, in order."""
    if isinstance(element, str):
        return [element]
    return [text for child in element[2] for text in texts(child)]


@needs_node
def test_the_board_shows_every_trader_and_names_as_text(league: ReadSide) -> None:
    built = shown(league, "", "/board?window=24h&limit=50")
    words = texts(built["view"])
    assert MARKUP in words
    assert {"Bo", "not ranked yet", "+4.50 %", "–", "1.20 %"} <= set(words)
    assert "As of 2026-03-01 12:00 UTC" in texts(built["summary"])[0]
    assert texts(built["message"]) == [""]


@needs_node
def test_a_profile_shows_return_coins_and_trades(league: ReadSide) -> None:
    address = "/traders/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"
    routes = (address, f"{address}/performance", f"{address}/trades")
    built = shown(league, "?trader=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E", *routes)
    words = texts(built["view"])
    assert texts(built["title"]) == [MARKUP]
    assert {"75 %", "+20.00 %", "+200.00 %", "BTC/USDT", "bought", "over 50 %"} <= set(words)
    assert texts(built["message"]) == [""]


@needs_node
def test_a_problem_is_shown_with_a_way_on(league: ReadSide) -> None:
    built = shown(league, "?cursor=bad", "/board?window=24h&limit=50&cursor=bad")
    assert texts(built["message"])[0].startswith("This cursor is not one of this list")
    assert texts(built["message"])[-1] == "Go to the first page"
