"""The file that `replay.py` reads: its form, checked to the letter, and its prices.

Amounts are text, plain decimals without exponent; hours are JSON numbers. Every refusal names
the entry, e.g. `marks[2] (hour 24)`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import NoReturn

from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.market import USDT, AssetPrice, PriceList
from chalicelib.domain.money import Asset, amount

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for every instant: prices of a timeline are always of its moment."""

_MOST_DIGITS = 30


class Rejected(InvalidRequest):
    """The file cannot be used; the message says which entry and why."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What crossed the border of an account at a mark."""

    entry: str
    account: str
    asset: Asset
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Mark:
    """Holdings of the accounts named, just before the flows of that hour."""

    entry: str
    hour: Decimal
    accounts: dict[str, dict[Asset, Decimal]]
    flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices in USDT from an hour on."""

    hour: Decimal
    usdt: dict[Asset, Decimal]


@dataclass(frozen=True, slots=True)
class TimelineFile:
    """A window of `window_hours` that starts at hour 0: its marks and prices, ascending."""

    window_hours: Decimal
    marks: tuple[Mark, ...]
    prices: tuple[Prices, ...]


def read_timeline(text: str) -> TimelineFile:
    """The timeline that the JSON `text` holds. Raises Rejected, or InvalidRequest for an
    amount that is no plain decimal."""
    try:
        found = json.loads(
            text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique
        )
    except RecursionError:
        raise Rejected("the file is nested too deeply") from None
    except ValueError as error:
        raise Rejected(f"the file is not JSON: {error}") from None
    fields = _object(found, "the file", needed={"window_hours", "marks"}, allowed={"prices"})
    window_hours = _hour(fields["window_hours"], "window_hours")
    if window_hours <= 0:
        raise Rejected(f"window_hours: {window_hours} is not above 0")
    marks = tuple(
        _mark(each, f"marks[{place}]") for place, each in enumerate(_list(fields["marks"], "marks"))
    )
    prices = tuple(
        _prices(each, f"prices[{place}]")
        for place, each in enumerate(_list(fields.get("prices", []), "prices"))
    )
    _ascending([(f"marks[{place}]", each.hour) for place, each in enumerate(marks)])
    _ascending([(f"prices[{place}]", each.hour) for place, each in enumerate(prices)])
    if not marks or marks[-1].hour != window_hours:
        raise Rejected(
            f"marks: the last is not at window_hours ({window_hours})"
            + (f" but at hour {marks[-1].hour}" if marks else "")
        )
    return TimelineFile(window_hours, marks, prices)


def price_lists(timeline: TimelineFile) -> Iterator[PriceList]:
    """For each mark the prices in force: of every asset its last entry at or before that hour."""
    assets: dict[Asset, AssetPrice] = {}
    waiting = list(reversed(timeline.prices))
    for mark in timeline.marks:
        while waiting and waiting[-1].hour <= mark.hour:
            for asset, price in waiting.pop().usdt.items():
                assets[asset] = AssetPrice(price, Decimal(0), EPOCH, EPOCH)
        yield PriceList(EPOCH, dict(assets))


def _mark(found: object, entry: str) -> Mark:
    fields = _object(found, entry, needed={"hour"}, allowed={"accounts", "flows"})
    hour = _hour(fields["hour"], f"{entry} hour")
    entry = f"{entry} (hour {hour})"
    accounts = _object(fields.get("accounts", {}), f"{entry} accounts")
    flows = _list(fields.get("flows", []), f"{entry} flows")
    return Mark(
        entry,
        hour,
        {name: _held(held, f"{entry} account {name!r}") for name, held in accounts.items()},
        tuple(_flow(each, f"{entry} flows[{place}]") for place, each in enumerate(flows)),
    )


def _held(found: object, entry: str) -> dict[Asset, Decimal]:
    fields = _object(found, entry)
    held = {_asset(name, entry): _amount(text, f"{entry} {name}") for name, text in fields.items()}
    for asset, quantity in held.items():
        if quantity < 0:
            raise Rejected(f"{entry}: {asset} is negative: {quantity:f}")
    return held


def _flow(found: object, entry: str) -> Flow:
    fields = _object(found, entry, needed={"account", "asset", "quantity"})
    account = fields["account"]
    if not isinstance(account, str):
        raise Rejected(f"{entry}: account is not text")
    asset = _asset(fields["asset"], entry)
    return Flow(entry, account, asset, _amount(fields["quantity"], f"{entry} quantity"))


def _prices(found: object, entry: str) -> Prices:
    fields = _object(found, entry)
    if "hour" not in fields:
        raise Rejected(f"{entry}: hour is missing")
    hour = _hour(fields.pop("hour"), f"{entry} hour")
    usdt = {_asset(name, entry): _amount(text, f"{entry} {name}") for name, text in fields.items()}
    for asset, price in usdt.items():
        if asset == USDT and price != 1:
            raise Rejected(f"{entry}: USDT is always 1")
        if price <= 0:
            raise Rejected(f"{entry}: the price of {asset} is not above 0")
    return Prices(hour, usdt)


def _object(
    found: object,
    entry: str,
    needed: set[str] | None = None,
    allowed: set[str] | None = None,
) -> dict[str, object]:
    """The object's fields; any names are right where `needed` is not given."""
    if not isinstance(found, dict):
        raise Rejected(f"{entry}: is no object")
    if needed is not None:
        for name in sorted(needed - set(found)):
            raise Rejected(f"{entry}: {name} is missing")
        for name in sorted(set(found) - needed - (allowed or set())):
            raise Rejected(f"{entry}: unknown key {name!r}")
    return found


def _list(found: object, entry: str) -> list[object]:
    if not isinstance(found, list):
        raise Rejected(f"{entry}: is no list")
    return found


def _hour(found: object, entry: str) -> Decimal:
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        raise Rejected(f"{entry}: {found!r} is no number")
    hour = Decimal(found)
    if abs(hour.adjusted()) > _MOST_DIGITS or len(hour.as_tuple().digits) > _MOST_DIGITS:
        raise Rejected(f"{entry}: too many digits")
    return hour


def _amount(found: object, entry: str) -> Decimal:
    quantity = amount(found, entry)
    whole, _, decimals = str(found).lstrip("-").partition(".")
    if max(len(whole), len(decimals)) > _MOST_DIGITS:
        raise Rejected(f"{entry}: more than {_MOST_DIGITS} digits")
    return quantity


def _asset(name: object, entry: str) -> Asset:
    if not isinstance(name, str) or not name.strip():
        raise Rejected(f"{entry}: {name!r} is no asset")
    return name


def _ascending(hours: list[tuple[str, Decimal]]) -> None:
    for (_, earlier), (entry, hour) in pairwise(hours):
        if hour == earlier:
            raise Rejected(f"{entry}: hour {hour} comes twice")
        if hour < earlier:
            raise Rejected(f"{entry}: hour {hour} comes after hour {earlier}")


def _no_constant(name: str) -> NoReturn:
    raise Rejected(f"the file holds {name}, which is no number")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise Rejected(f"the key {name!r} comes twice in one object")
        found[name] = value
    return found
