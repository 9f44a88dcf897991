"""Trading by hand on a sandbox exchange."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.exchange.running import USUAL_START, RunningExchange, running_exchange
from sandbox.standing import Addresses, NoLeague, alone_in, say_ready, write_keys
from sandbox.trade import BadOrder, place, summary


@pytest.fixture(scope="module")
def exchange() -> Iterator[RunningExchange]:
    with running_exchange(start=USUAL_START) as running:
        yield running


@pytest.fixture
def league(tmp_path: Path, exchange: RunningExchange) -> Iterator[Path]:
    opened = exchange.admin.open_account({"USDT": "1000"}, permissions={})
    own = exchange.admin.add_key(opened["uid"], spot_and_margin_trading=True)
    with alone_in(tmp_path):
        write_keys(tmp_path, {"mara": {"key": own["key"], "secret": own["secret"]}})
        say_ready(tmp_path, Addresses("", "", exchange.rest_url, "", ""))
        yield tmp_path


def test_an_order_by_hand_is_carried_out_and_said_in_one_line(league: Path) -> None:
    line = summary("mara", place(league, "mara", "buy", "btcusdt", "100"))
    assert line.startswith("mara BUY 0.0")
    assert "BTCUSDT at " in line
    assert "fills, order " in line


@pytest.mark.parametrize(
    ("name", "side", "symbol", "amount", "reason"),
    [
        ("nobody", "BUY", "BTCUSDT", "100", "no demo trader 'nobody'; there are mara"),
        ("mara", "HOLD", "BTCUSDT", "100", "neither BUY nor SELL"),
        ("mara", "BUY", "BTCUSDT", "much", "no amount above 0"),
        ("mara", "BUY", "BTCUSDT", "NaN", "no amount above 0"),
        ("mara", "BUY", "BTCUSDT", "-5", "no amount above 0"),
        ("mara", "BUY", "NOPE", "100", "the exchange refused: Invalid symbol"),
        ("mara", "BUY", "BTCUSDT", "99999", "the exchange refused: Account has insufficient"),
    ],
)
def test_a_bad_order_is_refused_with_its_reason(
    league: Path, name: str, side: str, symbol: str, amount: str, reason: str
) -> None:
    with pytest.raises(BadOrder, match=reason):
        place(league, name, side, symbol, amount)


def test_without_a_running_league_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoLeague, match="make run"):
        place(tmp_path, "mara", "BUY", "BTCUSDT", "100")
