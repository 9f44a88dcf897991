"""Letters for pictures: each glyph is a few pen strokes, drawn for the league.

A stroke is a list of points. The unit is a tenth of the height of a capital: capitals reach from
y = 0 down to the base line at 10, small letters begin at 3, tails end at 13. Characters that have
no glyph are drawn as a question mark.
"""

import math
from collections.abc import Iterator
from functools import cache
from typing import Final, TypeAlias

Point: TypeAlias = tuple[float, float]
Stroke: TypeAlias = tuple[Point, ...]

GAP: Final = 2.3
"""Between two glyphs."""

_STEP: Final = 15
"""Degrees between two points of an arc."""

# Width, then strokes: numbers in pairs are points, "o cx cy rx ry from to" is an arc in degrees
# (0 to the right, 90 downwards) and "," begins a new stroke.
_DIGITS: Final = {
    "0": "6.4 o 3.2 3.2 3.2 3.2 180 360 o 3.2 6.8 3.2 3.2 0 180 0 3.2",
    "1": "6.4 1 2.4 3.8 0 3.8 10",
    "2": "6.4 o 3.2 3.1 3.1 3.1 190 400 0.1 10 6.4 10",
    "3": "6.4 o 3.1 2.45 2.7 2.45 205 450 2.2 4.9 , 2.8 4.9 o 3.1 7.45 3.2 2.55 -90 155",
    "4": "6.6 4.8 10 4.8 0 0 7.3 6.6 7.3",
    "5": "6.4 5.8 0 1 0 0.6 4.7 o 3.1 6.8 3.2 3.2 222 500",
    "6": "6.4 o 3.2 6.8 3.2 3.2 0 360 , 0.4 5.2 4 0",
    "7": "6.4 0 0 6.4 0 2.2 10",
    "8": "6.4 o 3.2 2.45 2.6 2.45 0 360 , o 3.2 7.45 3.2 2.55 0 360",
    "9": "6.4 o 3.2 3.2 3.2 3.2 0 360 , 6 4.8 2.4 10",
}
_SIGNS: Final = {
    "+": "5.6 2.8 3.2 2.8 8.8 , 0 6 5.6 6",
    "−": "5.6 0 6 5.6 6",
    "–": "5.6 0 6 5.6 6",
    "-": "3.2 0 6.4 3.2 6.4",
    "_": "5.6 0 11.4 5.6 11.4",
    ".": "0.2 0 10 0.2 10",
    ",": "0.8 0.8 9.8 0 12",
    ":": "0.2 0 4.6 0.2 4.6 , 0 10 0.2 10",
    "·": "0.2 0 6.2 0.2 6.2",
    "%": "9.2 o 2 2.3 2 2.3 0 360 , o 7.2 7.7 2 2.3 0 360 , 7.6 0 1.6 10",
    "/": "4.4 4.4 -0.4 0 10.8",
    "’": "0.8 0.8 0 0.2 2.4",
    "?": "5.4 o 2.7 2.6 2.6 2.6 190 410 2.7 6.2 2.7 7 , 2.6 10 2.8 10",
}
_CAPITALS: Final = {
    "A": "7.6 0 10 3.8 0 7.6 10 , 1.4 6.6 6.2 6.6",
    "B": "6.4 0 4.7 3.6 4.7 o 3.6 2.35 2.4 2.35 90 -90 0 0 0 10 3.7 10 o 3.7 7.35 2.7 2.65 90 -90",
    "C": "6.6 o 3.4 3.4 3.4 3.4 -20 -180 o 3.4 6.6 3.4 3.4 180 20",
    "D": "6.8 0 0 3 0 o 3.2 3.6 3.6 3.6 -90 0 o 3.2 6.4 3.6 3.6 0 90 0 10 0 0",
    "E": "5.6 5.6 0 0 0 0 10 5.6 10 , 0 4.8 4.8 4.8",
    "F": "5.4 5.4 0 0 0 0 10 , 0 4.8 4.6 4.8",
    "G": "7 o 3.4 3.4 3.4 3.4 -20 -180 o 3.4 6.6 3.5 3.4 180 0 6.9 5.4 4 5.4",
    "H": "6.6 0 0 0 10 , 6.6 0 6.6 10 , 0 4.8 6.6 4.8",
    "I": "0.2 0.1 0 0.1 10",
    "J": "5 5 0 5 7 o 2.5 7.2 2.5 2.8 0 170",
    "K": "6.4 0 0 0 10 , 6 0 0 6.2 , 2.2 4.2 6.4 10",
    "L": "5.2 0 0 0 10 5.2 10",
    "M": "8.4 0 10 0 0 4.2 6.4 8.4 0 8.4 10",
    "N": "6.8 0 10 0 0 6.8 10 6.8 0",
    "O": "7.2 o 3.6 3.6 3.6 3.6 180 360 o 3.6 6.4 3.6 3.6 0 180 0 3.6",
    "P": "6.2 0 10 0 0 3.4 0 o 3.4 2.9 2.8 2.9 -90 90 0 5.8",
    "Q": "7.2 o 3.6 3.6 3.6 3.6 180 360 o 3.6 6.4 3.6 3.6 0 180 0 3.6 , 4.6 7.6 7.2 10.6",
    "R": "6.4 0 10 0 0 3.5 0 o 3.5 2.8 2.8 2.8 -90 90 0 5.6 , 3.4 5.6 6.4 10",
    "S": "6.2 o 3.1 2.5 2.8 2.5 -25 -270 o 3.1 7.5 3 2.5 -90 155",
    "T": "6.6 0 0 6.6 0 , 3.3 0 3.3 10",
    "U": "6.6 0 0 0 6.7 o 3.3 6.7 3.3 3.3 180 0 6.6 0",
    "V": "7.2 0 0 3.6 10 7.2 0",
    "W": "10 0 0 2.5 10 5 2 7.5 10 10 0",
    "X": "6.6 0 0 6.6 10 , 6.6 0 0 10",
    "Y": "6.8 0 0 3.4 5.2 6.8 0 , 3.4 5.2 3.4 10",
    "Z": "6.2 0 0 6.2 0 0 10 6.2 10",
}
_SMALL: Final = {
    "a": "5.2 o 2.6 5.4 2.5 2.4 205 360 5.2 10 , 5.2 6.4 2.4 6.4 o 2.4 8.2 2.4 1.8 -90 -270 "
    "o 2.8 7.4 2.4 2.6 90 0",
    "b": "5.6 0 0 0 10 , o 2.8 6.5 2.8 3.5 0 360",
    "c": "5 o 2.8 6.5 2.8 3.5 -40 -320",
    "d": "5.6 5.6 0 5.6 10 , o 2.8 6.5 2.8 3.5 0 360",
    "e": "5.4 0 6.5 5.4 6.5 o 2.7 6.3 2.7 3.3 0 -180 o 2.7 6.5 2.7 3.5 180 35",
    "f": "3.4 o 3.4 2.2 2.1 2.2 -90 -180 1.3 10 , 0 3.4 3.2 3.4",
    "g": "5.6 o 2.8 6.5 2.8 3.5 0 360 , 5.6 3 5.6 10.4 o 2.8 10.4 2.8 2.7 0 160",
    "h": "5.2 0 0 0 10 , 0 5.8 o 2.6 5.7 2.6 2.7 180 360 5.2 10",
    "i": "0.2 0.1 3 0.1 10 , 0 0.3 0.2 0.3",
    "j": "1.4 1.4 3 1.4 11 o -0.4 11 1.8 2 0 90 , 1.3 0.3 1.5 0.3",
    "k": "5 0 0 0 10 , 4.6 3 0 7.4 , 1.8 5.8 5 10",
    "l": "1 0.1 0 0.1 8.6 o 1.5 8.6 1.4 1.4 180 90",
    "m": "8.6 0 3 0 10 , 0 5.2 o 2.15 5.1 2.15 2.1 180 360 4.3 10 , 4.3 5.2 "
    "o 6.45 5.1 2.15 2.1 180 360 8.6 10",
    "n": "5.2 0 3 0 10 , 0 5.8 o 2.6 5.7 2.6 2.7 180 360 5.2 10",
    "o": "5.6 o 2.8 6.5 2.8 3.5 0 360",
    "p": "5.6 0 3 0 13 , o 2.8 6.5 2.8 3.5 0 360",
    "q": "5.6 5.6 3 5.6 13 , o 2.8 6.5 2.8 3.5 0 360",
    "r": "3.4 0 3 0 10 , 0 6.2 o 2.8 6.2 2.8 3.1 180 285",
    "s": "4.6 o 2.3 4.8 2.1 1.8 -25 -270 o 2.3 8.3 2.3 1.75 -90 155",
    "t": "3.4 1.2 0.8 1.2 7.8 o 3.4 7.8 2.2 2.2 180 90 , 0 3.4 3.2 3.4",
    "u": "5.2 0 3 0 7.4 o 2.6 7.4 2.6 2.6 180 0 5.2 3 , 5.2 7.4 5.2 10",
    "v": "5.2 0 3 2.6 10 5.2 3",
    "w": "8 0 3 2 10 4 4 6 10 8 3",
    "x": "5 0 3 5 10 , 5 3 0 10",
    "y": "5.4 0 3 2.7 9.6 , 5.4 3 1.6 13",
    "z": "4.8 0 3 4.8 3 0 10 4.8 10",
    " ": "1.6",
}
_GLYPHS: Final = _DIGITS | _SIGNS | _CAPITALS | _SMALL


@cache
def glyph(character: str) -> tuple[float, tuple[Stroke, ...]]:
    """Width and strokes of a character."""
    width, *rest = _GLYPHS.get(character, _GLYPHS["?"]).split()
    strokes: list[Stroke] = [()]
    numbers = iter(rest)
    for each in numbers:
        if each == ",":
            strokes.append(())
        elif each == "o":
            strokes[-1] += tuple(_arc(*(float(next(numbers)) for _ in range(6))))
        else:
            strokes[-1] += ((float(each), float(next(numbers))),)
    return float(width), tuple(each for each in strokes if each)


def width_of(text: str) -> float:
    """Of a line of text."""
    return sum(glyph(each)[0] + GAP for each in text) - GAP


def _arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Iterator[Point]:
    steps = max(round(abs(end - start) / _STEP), 1)
    for step in range(steps + 1):
        turn = math.radians(start + (end - start) * step / steps)
        yield x + rx * math.cos(turn), y + ry * math.sin(turn)
