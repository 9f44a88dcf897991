"""Numbers as bytes that compress well: little-endian whatever the machine, byte-shuffled.

Plane i holds byte i of every number. Neighbours of a column share their high bytes, so those
planes shrink to almost nothing.
"""

import sys
from array import array
from typing import TypeAlias

Numbers: TypeAlias = "array[int] | array[float]"

SIZES = {"d": 8, "q": 8, "i": 4, "H": 2, "B": 1, "b": 1}
"""Bytes of a number, by the type code of its array."""


def to_planes(numbers: Numbers) -> bytes:
    """The bytes of `numbers`, plane after plane."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    raw, size = numbers.tobytes(), SIZES[numbers.typecode]
    return b"".join(raw[place::size] for place in range(size))


def alike(numbers: Numbers) -> list[bytes]:
    """The planes of `numbers`, in their order, with neighbours joined that compress alike:
    those that look random (more than half of all possible bytes) and those that do not."""
    planes = to_planes(numbers)
    length = len(numbers)
    groups: list[bytes] = []
    random_before = None
    for start in range(0, len(planes), length):
        plane = planes[start : start + length]
        random = len(set(plane)) > min(length, 256) // 2
        if random == random_before:
            groups[-1] += plane
        else:
            groups.append(plane)
        random_before = random
    return groups


def from_planes(code: str, planes: bytes) -> Numbers:
    """The numbers, of type `code`, of which these are the planes."""
    size = SIZES[code]
    length = len(planes) // size
    raw = bytearray(len(planes))
    for place in range(size):
        raw[place::size] = planes[place * length : (place + 1) * length]
    numbers: Numbers = array(code, bytes(raw))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
