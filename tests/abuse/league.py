"""The league that is abused: real routes, identity and tokens over stores in memory.

Ada is a member with everything a member can have; Bo is a leader whom she follows, and Cy hides
all he can. Whoever asks comes from a new address each time, so that a throttle does not end the
play after a few requests; what throttles do is tested where they are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from chalice.test import HTTPResponse

from chalicelib.domain.account import Audience, TradesView, Visibility
from chalicelib.domain.block import Kind
from chalicelib.domain.follow import Follow
from chalicelib.domain.ledger import ChangeKind
from chalicelib.domain.market import PriceList
from tests.browser import Browser, browsing
from tests.builders import (
    NOON,
    account_holdings,
    asset_price,
    at,
    balance_change,
    exchange_account,
    fill,
    quantity,
)
from tests.identity_pool import PASSWORD
from tests.lobby import EMAIL, Lobby
from tests.read_side import HOUR, REQUESTED_AT, SITE, ReadSide

ADA = "Ada"
ACCOUNT = "A0"
HIDDEN = Visibility(
    trades=TradesView.HIDDEN, trades_for=Audience.NOBODY, allocation_for=Audience.NOBODY
)
_PAST_HOURS = 30


@dataclass
class AbusedLeague:
    """One league, and the access token of its member."""

    lobby: Lobby
    browser: Browser
    token: str

    def __post_init__(self) -> None:
        self._addresses = count(1)

    def send(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> HTTPResponse:
        """The answer to one request, from an address that nobody had before."""
        number = next(self._addresses)
        address = f"198.{18 + number // 65536 % 2}.{number // 256 % 256}.{number % 256}:4711"
        headers = {**headers, "CloudFront-Viewer-Address": address}
        return self.browser.client.http.request(method, path, headers=headers, body=body)

    def known(self, name: str) -> str | None:
        """A value that fits a field or parameter of that name, here and now."""
        letters = self.lobby.pool.letters
        made = {
            "name": "Bo",
            "login": ADA,
            "email": EMAIL,
            "password": PASSWORD,
            "new_password": PASSWORD + " two",
            "account_id": ACCOUNT,
            "window": "7d",
            "api_key": "k" * 64,
            "secret": "s" * 64,
        }
        if name == "code" and letters:
            return self.lobby.pool.code(letters[-1].to)
        return made.get(name)


@contextmanager
def abused_league() -> Iterator[AbusedLeague]:
    """A league with a past, at twenty minutes past the hour."""
    lobby = Lobby()
    member = lobby.join(ADA).trader_id
    side = ReadSide(lobby.fakes)
    side.join("Bo")
    side.join("Cy", visibility=HIDDEN)
    _furnish(side, member)
    lobby.now = REQUESTED_AT
    with browsing(lobby, site=SITE) as browser:
        yield AbusedLeague(lobby, browser, lobby.sign_in(ADA).session.access_token)


def _furnish(side: ReadSide, member: str) -> None:
    """Holdings, trades, transactions, follows, accounts, marks, prices and a board."""
    fakes = side.fakes
    held = {"BTC": quantity("0.1", at(minutes=-50)), "USDT": quantity("31", at(minutes=-50))}
    for number, trader_id in enumerate((member, "T1", "T2")):
        account_id = f"A{number}"
        fakes.accounts.save(
            exchange_account(account_id=account_id, trader_id=trader_id, seat=number)
        )
        fakes.holdings.create(
            account_holdings(
                account_id=account_id,
                trader_id=trader_id,
                seat=number,
                link_number=2,
                quantities=held,
            )
        )
        fills = [fill(trade_id=each, executed_at=at(minutes=-7 * each)) for each in range(1, 120)]
        flows = [
            balance_change(kind=kind, changed_at=at(minutes=-80 - 60 * place))
            for place, kind in enumerate(ChangeKind)
        ]
        fakes.ledger.add(account_id, [*fills, *flows])
        _mark(side, number)
    fakes.follows.put(Follow(member, "T1", 1, NOON))
    fakes.follows.put(Follow("T1", member, 0, NOON))
    fakes.prices.put_latest(
        PriceList(at(minutes=19), {"BTC": asset_price("66000", quoted_at=at(minutes=19))})
    )
    for back in range(_PAST_HOURS):
        side.prices(HOUR - back, BTC="60000", SOL="150", BNB="600")
    fakes.secrets.make(range(3))
    side.publish([0, 1, 2], ranked=2)


def _mark(side: ReadSide, seat: int) -> None:
    view = {"allocation": [["BTC", 100]], "coins": [["BTC", 5, 7]], "risk": ["1.00", "2.00", None]}
    side.note(seat, Kind.SLOW, 0, view={str(each): view for each in range(seat + 1)})
    for back in range(_PAST_HOURS):
        side.write(seat, Kind.HOUR, HOUR - back, value=10_000.0, index=1.5, flags=3)
    for back in range(1, 9):
        side.day(seat, side.today - back, index=1 + back / 100, btc="60000")
