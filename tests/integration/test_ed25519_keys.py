"""A pair that the league made, its public half registered at the exchange."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.ed25519 import new_ed25519_pair
from chalicelib.domain.account import KeyKind, KeyPair, refusals_of
from chalicelib.domain.errors import KeyRevoked
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.integration.binance_helpers import Heard, adapter, buy, open_account, running_stream


@pytest.fixture
def running() -> Iterator[RunningExchange]:
    with running_exchange() as exchange:
        yield exchange


@pytest.fixture
def exchange(running: RunningExchange) -> Iterator[BinanceExchange]:
    with adapter(running) as made:
        made.time()
        yield made


def registered(running: RunningExchange, uid: int) -> KeyPair:
    private, public = new_ed25519_pair()
    key = running.admin.post("keys", uid=uid, public_key=public)["key"]
    return KeyPair(key, private, KeyKind.ED25519)


def test_the_exchange_takes_its_signatures(
    running: RunningExchange, exchange: BinanceExchange
) -> None:
    opened = open_account(running, USDT="500")
    pair = registered(running, opened.uid)
    assert exchange.account(pair).uid == str(opened.uid)
    assert refusals_of(exchange.permissions(pair)) == ()
    now = datetime.now(UTC)
    assert exchange.movements(pair, "deposits", now, now) == []


def test_a_pair_whose_public_half_is_not_the_registered_one_is_refused(
    running: RunningExchange, exchange: BinanceExchange
) -> None:
    pair = registered(running, open_account(running, USDT="500").uid)
    other = KeyPair(pair.api_key, new_ed25519_pair()[0], KeyKind.ED25519)
    with pytest.raises(KeyRevoked, match="-1022"):
        exchange.account(other)


def test_events_come_for_it(running: RunningExchange, exchange: BinanceExchange) -> None:
    opened = open_account(running, USDT="500")
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", registered(running, opened.uid))
        heard.until_subscribed("ada")
        buy(running, opened)
        heard.until(lambda: any('"TRADE"' in frame for frame in heard.frames["ada"]))
