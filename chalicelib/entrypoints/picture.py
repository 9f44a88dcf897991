"""A picture in a few inks, drawn with round pens and written as PNG; the standard library alone.

Every ink has `SHADES` steps between the ground and itself, so that edges are smooth.
"""

import math
import struct
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeAlias

from chalicelib.entrypoints.letters import GAP, Point, Stroke, glyph, width_of

Colour: TypeAlias = tuple[int, int, int]
_Span: TypeAlias = tuple[float, float]

SHADES: Final = 24
_LINES: Final = 4
"""Lines that are looked at within the height of a pixel; along it the edge is exact."""
_MOST_GLYPHS: Final = 512


class Picture:
    """`width` × `height` pixels of `ground`; what is drawn over something else covers it."""

    def __init__(self, width: int, height: int, ground: Colour, inks: Sequence[Colour]) -> None:
        """At most 10 inks; drawing names them by their place."""
        self._width, self._height = width, height
        self._pixels = bytearray(width * height)
        self._palette = [ground] + [
            _between(ground, ink, step / SHADES) for ink in inks for step in range(1, SHADES + 1)
        ]

    def box(self, left: int, top: int, width: int, height: int, ink: int) -> None:
        """A filled rectangle."""
        row = bytes([_shade(ink, 1.0)]) * width
        for y in range(top, top + height):
            self._pixels[y * self._width + left : y * self._width + left + width] = row

    def line(self, points: Iterable[Point], thickness: float, ink: int) -> None:
        """Through all points, with round ends and corners."""
        stroke = tuple(points)
        left = math.floor(min(x for x, _ in stroke) - thickness)
        top = math.floor(min(y for _, y in stroke) - thickness)
        moved = tuple((x - left, y - top) for x, y in stroke)
        self._print(_stamp((moved,), thickness), left, top, ink)

    def text(self, text: str, at: Point, size: float, thickness: float, ink: int) -> None:
        """A line of text whose capitals are `size` high, its base line's left end at `at`."""
        x, y = at
        room = math.ceil(size / 2)
        for each in text:
            width, _ = glyph(each)
            part = x - math.floor(x)
            stamp = _letter(each, size, thickness, room, round(part * 4) / 4)
            self._print(stamp, math.floor(x) - room, round(y - size) - room, ink)
            x += (width + GAP) * size / 10

    def png(self) -> bytes:
        """The file."""
        head = struct.pack(">IIBBBBB", self._width, self._height, 8, 3, 0, 0, 0)
        rows = b"".join(
            b"\0" + self._pixels[start : start + self._width]
            for start in range(0, len(self._pixels), self._width)
        )
        palette = bytes(part for colour in self._palette for part in colour)
        parts = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 9)))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in (*parts, (b"IEND", b"")))

    def _print(self, stamp: Sequence[tuple[int, bytes]], left: int, top: int, ink: int) -> None:
        shades = bytes(_shade(ink, step / 255) if step else 0 for step in range(256))
        for line, (begin, row) in enumerate(stamp):
            y = top + line
            if not row or not 0 <= y < self._height:
                continue
            x = left + begin
            row = row[max(-x, 0) : max(self._width - x, 0)].translate(shades)
            start = y * self._width + max(x, 0)
            under = self._pixels[start : start + len(row)]
            self._pixels[start : start + len(row)] = bytes(
                over or below for over, below in zip(row, under, strict=True)
            )


def size_for(text: str, size: float, width: float) -> float:
    """`size`, or less where a line of `text` would be wider than `width`."""
    return min(size, width / width_of(text) * 10)


@lru_cache(maxsize=_MOST_GLYPHS)
def _letter(
    character: str, size: float, thickness: float, room: int, part: float
) -> tuple[tuple[int, bytes], ...]:
    """The stamp of a glyph, `room` pixels from the left and from the top."""
    _, strokes = glyph(character)
    scale = size / 10
    return _stamp(
        tuple(
            tuple((x * scale + room + part, y * scale + room) for x, y in stroke)
            for stroke in strokes
        ),
        thickness,
    )


def _stamp(strokes: tuple[Stroke, ...], thickness: float) -> tuple[tuple[int, bytes], ...]:
    """Per row of pixels from 0 on: where it begins, and how far each pixel is covered (0 … 255)."""
    pens = [pair for stroke in strokes for pair in pairwise((*stroke, stroke[-1]))]
    radius = thickness / 2
    bottom = max((max(a[1], b[1]) for a, b in pens), default=0.0) + radius
    rows = []
    for y in range(math.ceil(bottom)):
        spans: list[_Span] = []
        for line in range(_LINES):
            at = y + (line + 0.5) / _LINES
            found = [_span(a, b, radius, at) for a, b in pens]
            spans += _merged([span for span in found if span is not None])
        rows.append(_row(spans))
    return tuple(rows)


def _span(a: Point, b: Point, radius: float, y: float) -> _Span | None:
    """Where a line at height `y` crosses a pen that was drawn from `a` to `b`."""
    if not min(a[1], b[1]) - radius < y < max(a[1], b[1]) + radius:
        return None
    edges: list[float] = []
    for x, height in (a, b):
        within = radius * radius - (y - height) ** 2
        if within > 0:
            half = math.sqrt(within)
            edges += (x - half, x + half)
    across, down = b[0] - a[0], b[1] - a[1]
    length = math.hypot(across, down)
    if length and down:
        aside, above = -down / length * radius, across / length * radius
        for side in (-1, 1):
            along = (y - a[1] - side * above) / down
            if 0 <= along <= 1:
                edges.append(a[0] + side * aside + along * across)
    return (min(edges), max(edges)) if edges else None


def _merged(spans: list[_Span]) -> list[_Span]:
    merged: list[_Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _row(spans: Sequence[_Span]) -> tuple[int, bytes]:
    if not spans:
        return 0, b""
    first = math.floor(min(start for start, _ in spans))
    covered = [0.0] * (math.ceil(max(end for _, end in spans)) - first + 1)
    for start, end in spans:
        begin, stop = math.floor(start), math.floor(end)
        if begin == stop:
            covered[begin - first] += end - start
            continue
        covered[begin - first] += begin + 1 - start
        covered[stop - first] += end - stop
        for pixel in range(begin + 1 - first, stop - first):
            covered[pixel] += 1
    return first, bytes(min(round(each * 255 / _LINES), 255) for each in covered)


def _shade(ink: int, covered: float) -> int:
    step = round(covered * SHADES)
    return 1 + ink * SHADES + step - 1 if step else 0


def _between(ground: Colour, ink: Colour, part: float) -> Colour:
    red, green, blue = (
        round(below + (over - below) * part) for below, over in zip(ground, ink, strict=True)
    )
    return red, green, blue


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
