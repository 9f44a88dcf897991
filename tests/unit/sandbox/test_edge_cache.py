"""What may be kept of an answer, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.edge_cache import Answer, CacheKey, EdgeCache, fresh_seconds, not_changed

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
BOARD = CacheKey("/api/board", "")


class _Clock:
    def __init__(self) -> None:
        self.time = NINE

    def __call__(self) -> datetime:
        return self.time


def _answer(cache_control: str, status: int = 200) -> Answer:
    return Answer(status, {"Cache-Control": cache_control}, b"{}")


@pytest.mark.parametrize(
    ("cache_control", "status", "seconds"),
    [
        ("public, max-age=60", 200, 60),
        ("public, max-age=60, s-maxage=5", 200, 5),
        ("private, no-store", 200, 0),
        ("private, max-age=60", 200, 0),
        ("no-cache, max-age=60", 200, 0),
        ("", 200, 0),
        ("max-age=soon", 200, 0),
        ("public, max-age=60", 404, 0),
    ],
)
def test_an_answer_is_kept_as_long_as_it_says(
    cache_control: str, status: int, seconds: int
) -> None:
    assert fresh_seconds(_answer(cache_control, status)) == seconds


def test_a_kept_answer_is_found_with_its_age_until_it_is_old() -> None:
    clock = _Clock()
    cache = EdgeCache(clock)
    cache.keep(BOARD, _answer("public, max-age=60"))
    clock.time += timedelta(seconds=59)
    found = cache.find(BOARD)
    assert found is not None
    assert found[1] == 59
    clock.time += timedelta(seconds=1)
    assert cache.find(BOARD) is None


def test_a_clock_that_went_back_finds_nothing() -> None:
    clock = _Clock()
    cache = EdgeCache(clock)
    cache.keep(BOARD, _answer("public, max-age=60"))
    clock.time -= timedelta(hours=1)
    assert cache.find(BOARD) is None


def test_another_authorization_or_query_is_another_key() -> None:
    cache = EdgeCache(_Clock())
    cache.keep(BOARD, _answer("public, max-age=60"))
    assert cache.find(CacheKey("/api/board", "Bearer one")) is None
    assert cache.find(CacheKey("/api/board?window=7d", "")) is None


@pytest.mark.parametrize(
    ("if_none_match", "etag", "same"),
    [
        ('"a"', '"a"', True),
        ('W/"a", "b"', '"a"', True),
        ("*", '"a"', True),
        ('"b"', '"a"', False),
        ("", '"a"', False),
        ('"a"', None, False),
    ],
)
def test_a_copy_is_current_when_an_etag_names_it(
    if_none_match: str, etag: str | None, same: bool
) -> None:
    assert not_changed(if_none_match, etag) is same
