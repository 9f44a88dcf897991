"""The parts that drive a league through time: the exchange's operator, the demo's floor, prices,
ingest, and the league's functions; and how they are put together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from chalicelib.services.exchange_ports import Exchange
from chalicelib.wiring import Stores
from sandbox.demo_market import DemoMarket
from sandbox.entrance import Door
from sandbox.exchange.client import AdminClient
from sandbox.floor import ExchangeClock, Floor
from sandbox.hour_worker import Functions
from sandbox.price_keeper import PriceKeeper


class Ingest(Protocol):
    """The ingest container, as far as the fast-forward drives it."""

    def state(self) -> Mapping[str, Any]:
        """What it says of itself; `frames` counts those received."""

    def flush(self) -> object:
        """Send all frames it holds; returns when the queue has them."""

    def compare(self) -> int:
        """Have all books compared that grew; how many. All frames must have been recorded."""


class MinutePrices(Protocol):
    """Who stores the price lists of minutes."""

    def keep(self, minute: datetime) -> Mapping[str, Decimal]:
        """Have the list of that full minute, where exchange time stands, stored; returns the last
        price of each symbol that trades."""


@dataclass(frozen=True, slots=True)
class Machinery:
    """The parts that the fast-forward drives."""

    bank: AdminClient
    clock: ExchangeClock
    floor: Floor
    market: DemoMarket
    prices: MinutePrices
    ingest: Ingest
    runner: Functions


def assemble(
    address: str,
    *,
    stores: Stores,
    door: Door,
    exchange: Exchange,
    ingest: Ingest,
    runner: Functions,
    seed: int,
    clock_of: Callable[[AdminClient], ExchangeClock] = ExchangeClock,
) -> Machinery:
    """The parts around the exchange at `address` and the league in `stores`, which demo traders
    enter by its `door`; exchange time is taken to stand still."""
    bank = AdminClient(address)
    clock = clock_of(bank)
    return Machinery(
        bank=bank,
        clock=clock,
        floor=Floor(
            address, bank=bank, clock=clock, door=door, accounts=stores.accounts, seed=seed
        ),
        market=DemoMarket(address),
        prices=PriceKeeper(exchange, stores.prices),
        ingest=ingest,
        runner=runner,
    )
