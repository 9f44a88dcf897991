"""What a chat gets of a link to a trader: the words of the page, the picture, their caching."""

import re
import struct
import zlib
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from chalicelib.domain.account import Visibility
from chalicelib.domain.block import Flag, Kind, Standing
from chalicelib.entrypoints import card_picture
from chalicelib.entrypoints.letters import glyph
from tests.builders import at
from tests.read_side import SITE, ReadSide

PICTURE = {"Accept": "image/png"}


class Told(HTMLParser):
    """The meta tags, links and scripts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.tags: list[str] = []
        self.link = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if tag == "meta" and "content" in named:
            self.meta[named.get("property", named.get("name", ""))] = named["content"]
        if named.get("id") == "profile":
            self.link = named["href"]


def league(
    name: str = "Ada.B_c-1",
    standing: Standing = Standing.RANKED,
    flags: Flag = Flag.MARK | Flag.COUNTS,
    trend: int = 50,
) -> ReadSide:
    """One trader of whom a little is known."""
    made = ReadSide()
    shown = {"24h": 218, "7d": -1140, "30d": None}
    made.join(name, shown=shown, value=98765.43, standing=standing, flags=flags, trend=trend)
    made.publish([0])
    return made


def test_the_words_of_the_page_are_the_public_numbers() -> None:
    told = Told(league().get("/traders/ada.b_c-1/card").body.decode())
    assert told.meta["og:title"] == "Ada.B_c-1 – CoinMarketLeague"
    assert told.meta["og:description"].startswith(
        "24 h +2.18 % (rank 1), 7 d −11.40 % (rank 1), 30 d –. As of 2026-03-01 12:00 UTC."
    )
    assert told.meta["twitter:card"] == "summary_large_image"
    assert told.meta["og:url"] == f"{SITE}/s/Ada.B_c-1"
    assert told.meta["og:image"] == f"{SITE}/s/Ada.B_c-1/card.png"
    assert told.link == "/t/Ada.B_c-1"


def test_a_number_held_down_by_a_deposit_says_so() -> None:
    made = league(standing=Standing.RANKED | Standing.CAPPED)
    page = made.get("/traders/Ada.B_c-1/card").body.decode()
    assert "+2.18 % (rank 1), limited: large deposit" in page


def test_a_name_like_markup_stays_text() -> None:
    name = '"><script>alert(1)</script>'
    page = league(name).get(f"/traders/{quote(name, safe='')}/card").body.decode()
    told = Told(page)
    assert told.meta["og:title"] == f"{name} – CoinMarketLeague"
    assert told.tags.count("script") == 1
    assert "<script>" not in page


def test_the_page_has_nothing_inline() -> None:
    page = league().get("/traders/Ada.B_c-1/card").body.decode()
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:", page)


def test_the_picture_is_a_whole_png_of_the_size_that_the_page_tells() -> None:
    made = league()
    told = Told(made.get("/traders/Ada.B_c-1/card").body.decode())
    answer = made.get("/traders/Ada.B_c-1/card.png", **PICTURE)
    assert answer.headers["Content-Type"] == "image/png"
    width, height, rows = png(answer.body)
    assert (str(width), str(height)) == (told.meta["og:image:width"], told.meta["og:image:height"])
    assert len(set(rows)) > 40
    assert len(answer.body) < 60_000


def test_the_picture_shows_name_numbers_and_state() -> None:
    pictures = [
        made.get("/traders/Ada.B_c-1/card.png", **PICTURE).body
        for made in (
            league(),
            league("ada.b_c-1"),
            league(standing=Standing.RANKED | Standing.CAPPED),
            league(flags=Flag.MARK | Flag.STALE),
            league(trend=80),
        )
    ]
    assert len({each[-4000:] for each in pictures}) >= 4


def test_amounts_do_not_change_a_card() -> None:
    one, other = league(), league()
    other.write(0, Kind.HOUR, other.hour, value=1.0)
    for path in ("card", "card.png"):
        bodies = [each.get(f"/traders/Ada.B_c-1/{path}", **PICTURE).body for each in (one, other)]
        assert bodies[0] == bodies[1]


@pytest.mark.parametrize("path", ["card", "card.png"])
def test_a_card_is_kept_to_the_next_hour_and_named_by_its_content(path: str) -> None:
    made = league()
    address = f"/traders/Ada.B_c-1/{path}"
    answer = made.get(address, **PICTURE)
    assert answer.headers["Cache-Control"] == "public, max-age=2400"
    again = made.get(address, If_None_Match=answer.headers["ETag"], **PICTURE)
    assert (again.status_code, again.body) == (304, b"")
    made.now = at(minutes=61)
    assert made.get(address, **PICTURE).headers["Cache-Control"] == "public, max-age=5"


def test_the_card_of_nobody_is_the_leagues() -> None:
    made = league()
    told = Told(made.get("/traders/Eve/card").body.decode())
    assert told.meta["og:title"] == "CoinMarketLeague"
    assert told.meta["og:image"] == f"{SITE}/card.png"
    assert (told.link, told.meta["og:url"]) == ("/", f"{SITE}/")
    picture = made.get("/traders/Eve/card.png", **PICTURE)
    assert picture.body == card_picture.league_picture()
    assert picture.headers["Cache-Control"] == "public, max-age=5"


def test_an_unlisted_trader_looks_like_nobody_to_himself_too() -> None:
    made = ReadSide()
    made.join("Ada", visibility=Visibility(listed=False))
    made.publish([])
    assert b"Ada" not in made.get("/traders/Ada/card", Authorization="Bearer T0").body


def test_every_character_that_a_name_or_a_card_can_have_has_a_glyph() -> None:
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-+−–%:, ?"
    unknown = glyph("\0")
    assert [each for each in signs if glyph(each) == unknown] == ["?"]


def png(content: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and rows of a palette PNG; every check sum is looked at."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    parts: dict[bytes, bytes] = {}
    place = 8
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind = content[place + 4 : place + 8]
        body = content[place + 8 : place + 8 + length]
        (check,) = struct.unpack(">I", content[place + 8 + length : place + 12 + length])
        assert check == zlib.crc32(kind + body)
        parts[kind] = body
        place += 12 + length
    width, height, depth, colours = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    assert (depth, colours) == (8, 3)
    rows = zlib.decompress(parts[b"IDAT"])
    assert len(rows) == height * (width + 1)
    lines = [rows[start : start + width + 1] for start in range(0, len(rows), width + 1)]
    assert max(max(line[1:]) for line in lines) < len(parts[b"PLTE"]) / 3
    return width, height, lines
