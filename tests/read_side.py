"""A league as the hourly run leaves it, for the read side: stores filled to one board.

`ReadSide` puts traders, blocks and boards into fakes; what a test does not state is a plain
active trader.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from chalice.test import Client, HTTPResponse

from app import app
from chalicelib import wiring
from chalicelib.domain.account import Trader, Visibility, block_of
from chalicelib.domain.block import NO_NUMBER, Block, Flag, Kind, Standing, empty_block
from chalicelib.domain.market import PriceList
from chalicelib.domain.windows import WINDOWS, day_of_hour, hour_of, hour_start
from chalicelib.services.identity_ports import Identity, People, Person
from chalicelib.services.ports import BoardHead, League
from tests.builders import (
    NOON,
    account_holdings,
    asset_price,
    container_lease,
    seat,
    trader,
)
from tests.contract.stores import Stores
from tests.fake_identity import FakeMail, FakeThrottle, FakeTokens
from tests.fakes import Fakes

HOUR = hour_of(NOON)
REQUESTED_AT = NOON + timedelta(minutes=20)
SITE = "https://league.example"


@dataclass
class ReadSide:
    """One league in memory at the board of `hour`; requests come `minutes` after it."""

    fakes: Fakes = field(default_factory=Fakes)
    hour: int = HOUR
    now: datetime = REQUESTED_AT

    def __post_init__(self) -> None:
        """A stream container lives."""
        self.fakes.leases.acquire(container_lease(), NOON)

    def join(
        self,
        name: str = "Ada",
        *,
        shown: Mapping[str, int | None] | int | None = 450,
        drawdown: int = 120,
        standing: Standing = Standing.RANKED,
        flags: Flag = Flag.MARK | Flag.COUNTS,
        value: float = 10_000.0,
        index: float = 1.0,
        trend: int = 50,
        visibility: Visibility | None = None,
        retired_at: datetime | None = None,
        exchanges: tuple[str, ...] = ("binance",),
    ) -> Trader:
        """Give the next seat to a trader with these numbers at the board's hour."""
        made = self._seated(name, visibility, retired_at, exchanges)
        number = made.seat
        by_window = (
            shown if isinstance(shown, Mapping) else dict.fromkeys(("24h", "7d", "30d"), shown)
        )
        scores: dict[str, int] = {"counted_24h": 24}
        for window in WINDOWS:
            number_shown = by_window.get(window.name)
            scores[f"shown_{window.name}"] = NO_NUMBER if number_shown is None else number_shown
            scores[f"drawdown_{window.name}"] = drawdown
            scores[f"standing_{window.name}"] = standing
        self.write(number, Kind.SCORES, self.hour, **scores)
        self.write(number, Kind.HOUR, self.hour, flags=flags, value=value, index=index)
        self.trends(number, number % 256, trend)
        return made

    def _seated(
        self,
        name: str,
        visibility: Visibility | None,
        retired_at: datetime | None,
        exchanges: tuple[str, ...],
    ) -> Trader:
        """A trader in the next seat, with one account that has a row."""
        number = self.fakes.traders.next_seat()
        made = trader(
            trader_id=f"T{number}",
            name=name,
            seat=number,
            visibility=visibility,
            retired_at=retired_at,
        )
        self.fakes.traders.claim_name(name, made.trader_id, number, NOON)
        self.fakes.traders.save(made)
        listed = made.visibility.listed
        self.fakes.seats.put(
            seat(
                number,
                trader_id=made.trader_id,
                name=name,
                exchanges=exchanges,
                listed=listed,
                retired_at=retired_at,
            )
        )
        self.fakes.holdings.create(
            account_holdings(
                account_id=f"A{number}",
                trader_id=made.trader_id,
                seat=number,
                exchange=exchanges[0],
            )
        )
        return made

    def write(self, seat: int, kind: Kind, number: int, **values: float) -> None:
        """Set some columns of one seat in a stored block."""
        block = self.block(seat, kind, number)
        for name, value in values.items():
            block.columns[name][seat % 256] = value
        self.fakes.history.put_blocks({(block_of(seat), kind, number): block})

    def note(self, seat: int, kind: Kind, number: int, **notes: object) -> None:
        """Set notes of a stored block."""
        block = self.block(seat, kind, number)
        block = replace(block, notes={**block.notes, **notes})
        self.fakes.history.put_blocks({(block_of(seat), kind, number): block})

    def block(self, seat: int, kind: Kind, number: int) -> Block:
        """The stored block of that seat, or an empty one."""
        key = (block_of(seat), kind, number)
        return self.fakes.history.blocks([key]).get(key, empty_block(kind))

    def trends(self, seat: int, place: int, point: int) -> None:
        """Let all trends of a seat stay at one point."""
        for kind, number, name, width in (
            (Kind.SCORES, self.hour, "trend_24h", 24),
            (Kind.SLOW, 0, "trend_7d", 28),
            (Kind.SLOW, 0, "trend_30d", 30),
        ):
            block = self.block(seat, kind, number)
            for step in range(width):
                block.columns[name][place * width + step] = point
            self.fakes.history.put_blocks({(block_of(seat), kind, number): block})

    def publish(
        self, order: Sequence[int], *, ranked: int | None = None, revision: int = 0
    ) -> None:
        """Make a board of these seats current in all windows; the first `ranked` of them
        (default all) have ranks, each one better than in the hour before."""
        count = len(order) if ranked is None else ranked
        for window in WINDOWS:
            for place, number in enumerate(order[:count]):
                self.write(
                    number,
                    Kind.RANKS,
                    self.hour,
                    **{f"rank_{window.name}": place + 1, f"change_{window.name}": 1},
                )
            league = League(joined=len(order), active=len(order), retired=0, ranked=count, median=7)
            head = BoardHead(self.hour, revision, len(order), league)
            self.fakes.boards.put_orders(self.hour, revision, {window.name: order})
            self.fakes.boards.publish(window.name, head)

    def day(self, seat: int, day: int, *, index: float, btc: str | None = None) -> None:
        """Store the mark of a day's end."""
        self.write(seat, Kind.DAY, day, index=index, value=index * 1000, flags=int(Flag.MARK))
        if btc is not None:
            self.note(seat, Kind.DAY, day, btc=btc)

    def prices(self, hour: int, **usdt: str) -> PriceList:
        """Store the hour's prices of liquid assets."""
        at = hour_start(hour)
        assets = {name: asset_price(price, quoted_at=at) for name, price in usdt.items()}
        made = PriceList(at, assets)
        self.fakes.prices.put_hour(hour, made)
        return made

    @property
    def today(self) -> int:
        """The day of the board's hour."""
        return day_of_hour(self.hour)

    @contextmanager
    def client(self) -> Iterator["Asker"]:
        """A client of the API over these stores and this clock."""
        with asking(self.fakes, self.now) as client:
            yield client

    def get(self, path: str, **headers: str) -> HTTPResponse:
        """One answer of the API."""
        with self.client() as client:
            return client.get(path, **headers)


@dataclass
class Asker:
    """Sends requests to the app in this process."""

    client: Client

    def get(self, path: str, **headers: str) -> HTTPResponse:
        """The answer to a GET; header names with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.http.get(path, headers=named)

    def send(self, method: str, path: str, token: str, content: object = None) -> HTTPResponse:
        """The answer to a change that the trader of that id asks for."""
        headers = {"Authorization": f"Bearer {token}", "X-League-Request": "1"}
        headers |= {"Content-Type": "application/json"} if content is not None else {}
        body = b"" if content is None else json.dumps(content).encode()
        return self.client.http.request(method, path, headers=headers, body=body)

    def json(self, path: str, token: str | None = None) -> Any:  # noqa: ANN401 (JSON)
        """The JSON of a good answer, to the trader of that id if one is given."""
        response = self.get(path, **({"Authorization": f"Bearer {token}"} if token else {}))
        assert response.status_code == 200, response.body
        return response.json_body


class _Known:
    """Every member has an address and no second factor; reading asks for nothing else."""

    def person(self, login: str) -> Person:
        """Who that is."""
        return Person(login, login, f"{login.lower()}@example.org", True, False)


@contextmanager
def asking(stores: Stores, now: datetime = REQUESTED_AT) -> Iterator[Asker]:
    """A client of the API over any stores, at an instant of exchange time."""
    named = {name: getattr(stores, name) for name in wiring.Stores.__slots__}
    people = People(cast(Identity, _Known()), FakeTokens(), FakeThrottle(), FakeMail())
    wiring.use(wiring.Stores(**named), lambda: now, people=people, machine=lambda: now, site=SITE)
    try:
        with Client(app) as client:
            yield Asker(client)
    finally:
        wiring.use()
