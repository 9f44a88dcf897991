"""Cursors come back as they were written, and only for their list."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidRequest
from chalicelib.entrypoints.cursors import LONGEST, read, written

NAMES = ("hour", "place")
numbers = st.fixed_dictionaries({name: st.integers(0, 2**31 - 1) for name in NAMES})


@settings(max_examples=50)
@given(numbers, st.text(max_size=30))
def test_what_was_written_is_read(numbers: dict[str, int], q: str) -> None:
    text = written(f"board/24h/{q}", numbers)
    assert read(text, f"board/24h/{q}", NAMES) == numbers


def test_none_is_longer_than_a_request_may_send() -> None:
    greatest = dict.fromkeys(("hour", "revision", "place"), 2**31 - 1)
    assert len(written("board/24h/" + "😀" * 90, greatest)) <= LONGEST


@settings(max_examples=50)
@given(st.text(max_size=100))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        read(text, "board/24h/", NAMES)
