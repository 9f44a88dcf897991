"""The picture of a preview card: what a chat shows under a link to a trader.

`python -m chalicelib.entrypoints.card_picture FILE` writes the one that is of no trader, which
the site has as `frontend-static/public/card.png`.
"""

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from chalicelib.entrypoints.letters import width_of
from chalicelib.entrypoints.picture import Colour, Picture, size_for

WIDTH: Final = 1200
HEIGHT: Final = 630
"""What Open Graph readers ask for."""

_GROUND: Final = (12, 15, 20)
_INKS: Final[Mapping[str, Colour]] = {
    "text": (231, 234, 240),
    "quiet": (152, 162, 179),
    "accent": (143, 166, 255),
    "up": (63, 207, 147),
    "down": (255, 125, 139),
    "edge": (38, 45, 57),
    "brand": (43, 75, 216),
    "white": (255, 255, 255),
}
_INK: Final = {name: place for place, name in enumerate(_INKS)}
_LEFT: Final = 72
_RIGHT: Final = WIDTH - _LEFT
_WINDOWS: Final = (("24h", "24 hours"), ("7d", "7 days"), ("30d", "30 days"))
_COLUMN: Final = (_RIGHT - _LEFT) // 3
_STATES: Final = {"retired": "left the league", "stale": "old data"}
_PROMISE: Final = "Measured from the exchange account every full hour."
_NOTICE: Final = "Past results say nothing about the future."


def trader_picture(card: Mapping[str, Any]) -> bytes:
    """The picture of a trader as PNG. `card` is what the table lets everyone see of him."""
    picture = _started()
    _brand(picture, 72, 56)
    when = card["as_of"]
    if when is not None:
        said = f"{when[:10]} {when[11:16]} UTC"
        _text(picture, said, _RIGHT - width_of(said) * 2.4, 94, 24, "quiet")
    name = str(card["name"])
    _text(picture, name, _LEFT, 222, size_for(name, 64, _RIGHT - _LEFT), "text", weight=0.15)
    if card["status"] in _STATES:
        _text(picture, _STATES[card["status"]], _LEFT, 284, 24, "quiet")
    for place, (window, said) in enumerate(_WINDOWS):
        _result(picture, _LEFT + place * _COLUMN, said, card["pnl"][window])
    _trend(picture, card["trend"])
    _footer(picture)
    return picture.png()


@cache
def league_picture() -> bytes:
    """The picture for a link to no trader that everyone may see."""
    picture = _started()
    _brand(picture, 72, 56)
    _text(picture, "Who trades best?", _LEFT, 280, 62, "text", weight=0.15)
    _text(picture, "Measured, not claimed.", _LEFT, 392, 62, "accent", weight=0.15)
    _footer(picture)
    return picture.png()


def _started() -> Picture:
    return Picture(WIDTH, HEIGHT, _GROUND, tuple(_INKS.values()))


def _text(
    picture: Picture,
    text: str,
    left: float,
    base: float,
    size: float,
    ink: str,
    weight: float = 0.12,
) -> None:
    picture.text(text, (left, base), size, max(size * weight, 2), _INK[ink])


def _brand(picture: Picture, left: int, top: int) -> None:
    low, high = 13, 39
    ring = [(low, low), (high, low), (high, high), (low, high), (low, low)]
    picture.line([(left + x, top + y) for x, y in ring], 26, _INK["brand"])
    picture.box(left + low, top + low, 27, 27, _INK["brand"])
    for x, height in ((11, 12), (22, 27), (33, 19)):
        picture.box(left + x, top + 40 - height, 8, height, _INK["white"])
    _text(picture, "CoinMarketLeague", left + 76, top + 38, 26, "text", weight=0.15)


def _result(picture: Picture, left: float, window: str, result: Mapping[str, Any]) -> None:
    _text(picture, window, left, 346, 24, "quiet")
    percent = result["pct"]
    if percent is None:
        _text(picture, "–", left, 424, 52, "quiet")
    else:
        said, ink = _signed(percent)
        size = size_for(said, 52, _COLUMN - 36)
        _text(picture, said, left, 424, size, ink, weight=0.15)
    rank = result["rank"]
    below = "not ranked" if rank is None else f"rank {rank:,}"
    _text(picture, "limited: large deposit" if result["capped"] else below, left, 476, 24, "quiet")


def _signed(percent: str) -> tuple[str, str]:
    whole, _, part = percent.removeprefix("-").partition(".")
    number = f"{int(whole):,}.{part} %"
    if percent.startswith("-"):
        return f"−{number}", "down"
    return (f"+{number}", "up") if int(whole + part) else (number, "text")


def _trend(picture: Picture, points: Sequence[int | None]) -> None:
    """The course of 30 days, from its lowest to its highest point; a gap stays open."""
    if sum(point is not None for point in points) < 2:
        return
    _text(picture, "Last 30 days", _LEFT, 540, 18, "quiet")
    begin = _LEFT + 190
    step = (_RIGHT - begin) / (len(points) - 1)
    run: list[tuple[float, float]] = []
    for place, point in enumerate((*points, None)):
        if point is not None:
            run.append((begin + place * step, 556 - point * 0.48))
            continue
        if len(run) > 1:
            picture.line(run, 4, _INK["accent"])
        run = []


def _footer(picture: Picture) -> None:
    _text(picture, _PROMISE, _LEFT, 604, 15, "quiet")
    _text(picture, _NOTICE, _RIGHT - width_of(_NOTICE) * 1.5, 604, 15, "quiet")


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(league_picture())
