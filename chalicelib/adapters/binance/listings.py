"""One of Binance's lists of what moved: how it is asked for, and read to its end.

The lists there are stand in `histories.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, TypeAlias

from chalicelib.adapters.binance.answers import rows_of
from chalicelib.adapters.binance.calls import SapiCall
from chalicelib.adapters.binance.history_rows import Row
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.ledger import BalanceChange

_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list longer than one answer is read on: how many rows are shown, the parameter that
    asks for so many, and the one that says from where: a page from 1 on, or rows passed over. A
    list without the latter is asked again for each half of the time."""

    size: int
    size_parameter: str | None = None
    start_parameter: str | None = None
    counts_rows: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """One list at Binance.

    `longest` is the time that one call may span; `late` how long after the instant it is listed
    under a row may still touch the balance; `rounded` what its written times leave out; `kept`
    how far back it may be asked for at all; `only_some`: accounts of another sort are refused it.
    """

    path: str
    changes_of: Callable[[Row], list[BalanceChange]]
    paging: Paging
    rows_key: str | None = None
    weight: int = 1
    per_account: bool = False
    longest: timedelta = _MONTH
    late: timedelta = timedelta(0)
    rounded: timedelta = timedelta(0)
    kept: timedelta | None = None
    only_some: bool = False
    from_parameter: str = "startTime"
    fixed: Mapping[str, str | int] = field(default_factory=dict)


Ask: TypeAlias = Callable[[SapiCall], Any]


def read_listing(
    name: str, listing: Listing, ask: Ask, first: int, last: int
) -> Iterator[BalanceChange]:
    """What the list says of the milliseconds first … last, in the order of its pages.

    Raises InvalidRequest for an answer that cannot be read: one bad row is not passed over, since
    what it said would be missing unnoticed.
    """
    for start, end in spans(listing, first, last):
        for row in _rows(name, listing, ask, start, end):
            yield from listing.changes_of(row)


def spans(listing: Listing, first: int, last: int) -> list[tuple[int, int]]:
    """The milliseconds first … last, cut into what one call may ask for."""
    longest = int(listing.longest / timedelta(milliseconds=1))
    starts = range(first, last + 1, longest + 1)
    return [(start, min(start + longest, last)) for start in starts]


def _rows(name: str, listing: Listing, ask: Ask, first: int, last: int) -> Iterator[Row]:
    window = {listing.from_parameter: first, "endTime": last}
    if listing.paging.start_parameter is not None:
        yield from _pages(name, listing, ask, window)
        return
    rows, more = _page(name, listing, ask, window)
    if not more:
        yield from rows
        return
    if first == last:
        raise InvalidRequest(f"more than {len(rows)} rows at {first}")
    middle = (first + last) // 2
    yield from _rows(name, listing, ask, first, middle)
    yield from _rows(name, listing, ask, middle + 1, last)


def _pages(name: str, listing: Listing, ask: Ask, window: Mapping[str, int]) -> Iterator[Row]:
    paging = listing.paging
    before: list[Row] = []
    for number in count():
        start = number * paging.size if paging.counts_rows else number + 1
        rows, more = _page(name, listing, ask, {**window, str(paging.start_parameter): start})
        if more and rows == before:
            raise InvalidRequest(f"page {number + 1} is the one before again")
        yield from rows
        if not more:
            return
        before = rows


def _page(
    name: str, listing: Listing, ask: Ask, window: Mapping[str, int]
) -> tuple[list[Row], bool]:
    """The rows of one answer, and whether there may be more."""
    paging = listing.paging
    asked = {**listing.fixed, **window}
    if paging.size_parameter is not None:
        asked[paging.size_parameter] = paging.size
    call = SapiCall(name, listing.path, asked, listing.weight, listing.per_account)
    answer = ask(call)
    rows = list(rows_of(_unwrapped(answer, listing.rows_key)))
    told = isinstance(answer, Mapping) and answer.get("moreData") is True
    return rows, told or len(rows) >= paging.size


def _unwrapped(answer: Any, key: str | None) -> object:  # noqa: ANN401  JSON
    if key is None:
        return answer
    if not isinstance(answer, Mapping):
        raise InvalidRequest(f"{type(answer).__name__} where an object with {key} was due")
    rows = answer.get(key)
    if rows is None and answer.get("total") == 0:
        return []
    return rows
