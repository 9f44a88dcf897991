"""What each act of the wallet does to balances, books and the user data stream."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sandbox.exchange.api_error import ApiError
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.state import books_of
from tests.exchange_builders import Trader, make_exchange, open_trader

D = Decimal


class Story:
    """A trader, and the events of his stream."""

    def __init__(self, balances: dict[str, str]) -> None:
        self.exchange: Exchange = make_exchange()
        self.trader: Trader = open_trader(self.exchange, balances)
        self.uid = self.trader.uid
        self.at = self.exchange.now()
        self.events: list[dict[str, Any]] = []
        self.exchange.events.settings.undocumented_every = 0
        self.exchange.events.listen(
            self.uid, self, lambda text: self.events.append(json.loads(text))
        )

    def updates(self) -> dict[str, str]:
        return {each["a"]: each["d"] for each in self.events if each["e"] == "balanceUpdate"}

    def positions(self) -> list[list[str]]:
        return [
            [row["a"] for row in each["B"]]
            for each in self.events
            if each["e"] == "outboundAccountPosition"
        ]


@pytest.fixture
def story() -> Story:
    return Story({"USDT": "1000", "EUR": "500", "SOL": "0.5", "XRP": "2", "LDUSDT": "10"})


Act = Callable[[Story], object]

ACTS: dict[str, tuple[Act, dict[str, str]]] = {
    "convert": (
        lambda s: s.exchange.wallet.convert(s.uid, ("USDT", D(100)), ("BNB", D("0.16")), at=s.at),
        {"USDT": "-100", "BNB": "0.16"},
    ),
    "dividend": (
        lambda s: s.exchange.wallet.pay_dividend(s.uid, "NOPAIR", D(7), at=s.at),
        {"NOPAIR": "7"},
    ),
    "transfer out": (
        lambda s: s.exchange.wallet.transfer(s.uid, "MAIN_UMFUTURE", "USDT", D(5), at=s.at),
        {"USDT": "-5"},
    ),
    "transfer in": (
        lambda s: s.exchange.wallet.transfer(s.uid, "FUNDING_MAIN", "USDT", D(5), at=s.at),
        {"USDT": "5"},
    ),
    "from a sub-account": (
        lambda s: s.exchange.wallet.sub_transfer(s.uid, "SOL", D(1), inward=True, at=s.at),
        {"SOL": "1"},
    ),
    "to a sub-account": (
        lambda s: s.exchange.wallet.sub_transfer(s.uid, "SOL", D("0.1"), inward=False, at=s.at),
        {"SOL": "-0.1"},
    ),
    "subscribe": (
        lambda s: s.exchange.earn.subscribe(s.uid, "USDT", D(50), at=s.at, from_funding=D(20)),
        {"USDT": "-30", "LDUSDT": "50"},
    ),
    "redeem": (
        lambda s: s.exchange.earn.redeem(s.uid, "USDT", D(10), at=s.at),
        {"LDUSDT": "-10", "USDT": "10"},
    ),
    "redeem to funding": (
        lambda s: s.exchange.earn.redeem(s.uid, "USDT", D(10), at=s.at, destination="FUNDING"),
        {"LDUSDT": "-10"},
    ),
    "interest in real time": (
        lambda s: s.exchange.earn.reward(s.uid, "USDT", D("0.01"), at=s.at),
        {"LDUSDT": "0.01"},
    ),
    "bonus interest": (
        lambda s: s.exchange.earn.reward(s.uid, "USDT", D("0.01"), at=s.at, kind="BONUS"),
        {"USDT": "0.01"},
    ),
    "lock": (
        lambda s: s.exchange.earn.lock(s.uid, "SOL", D("0.5"), days=30, at=s.at),
        {"SOL": "-0.5"},
    ),
    "bank deposit": (
        lambda s: s.exchange.fiat.order(s.uid, "EUR", D(100), withdraws=False, fee=D(1), at=s.at),
        {"EUR": "99"},
    ),
    "bank withdrawal": (
        lambda s: s.exchange.fiat.order(s.uid, "EUR", D(100), withdraws=True, fee=D(1), at=s.at),
        {"EUR": "-100"},
    ),
    "card buys": (
        lambda s: s.exchange.fiat.pay(
            s.uid, ("EUR", D(100)), ("BTC", D("0.001")), sells=False, at=s.at
        ),
        {"BTC": "0.001"},
    ),
    "cash buys": (
        lambda s: s.exchange.fiat.pay(
            s.uid,
            ("EUR", D(100)),
            ("BTC", D("0.001")),
            sells=False,
            at=s.at,
            method="Cash Balance",
        ),
        {"BTC": "0.001", "EUR": "-100"},
    ),
    "card sells": (
        lambda s: s.exchange.fiat.pay(
            s.uid, ("EUR", D(40)), ("SOL", D("0.5")), sells=True, at=s.at
        ),
        {"SOL": "-0.5"},
    ),
    "unexplained": (
        lambda s: s.exchange.wallet.change_unexplained(
            s.uid, {"USDT": D(-3), "BTC": D(1)}, at=s.at
        ),
        {"USDT": "-3", "BTC": "1"},
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_an_act_sends_an_update_per_asset_and_one_position_of_all(story: Story, name: str) -> None:
    act, changes = ACTS[name]
    act(story)
    expected = {asset: f"{D(change):.8f}" for asset, change in changes.items()}
    assert (story.updates(), story.positions()) == (expected, [list(changes)])


@pytest.mark.parametrize("name", ACTS)
def test_an_act_moves_what_the_books_say(story: Story, name: str) -> None:
    act, changes = ACTS[name]
    before = books_of(story.exchange, story.uid)["balances"]
    act(story)
    books = books_of(story.exchange, story.uid)
    moved = {row["asset"]: D(row["change"]) for row in books["movements"]}
    gained = {
        asset: D(books["balances"].get(asset, {"free": "0"})["free"])
        - D(before.get(asset, {"free": "0"})["free"])
        for asset in changes
    }
    assert moved == gained == {asset: D(change) for asset, change in changes.items()}


def test_a_sweep_turns_coins_into_bnb_less_two_percent(story: Story) -> None:
    rows = story.exchange.wallet.sweep_dust(story.uid, ["SOL", "XRP"], at=story.at)
    assert [story.trader.free(asset) for asset in ("SOL", "XRP")] == [0, 0]
    assert story.trader.free("BNB") == sum(row.received for row in rows)
    gross = sum(row.received + row.charge for row in rows)
    assert sum(row.charge for row in rows) == pytest.approx(gross * D("0.02"), abs=D("3e-8"))
    assert story.positions() == [["SOL", "XRP", "BNB"]]


@pytest.mark.parametrize("assets", [["BNB"], ["BTC"], ["LDUSDT"], []])
def test_what_is_no_dust_is_not_swept(story: Story, assets: list[str]) -> None:
    with pytest.raises(ValueError, match=r"no dust|needs an asset"):
        story.exchange.wallet.sweep_dust(story.uid, assets, at=story.at)


def test_a_locked_position_comes_back_whole_and_only_once(story: Story) -> None:
    earn = story.exchange.earn
    position = earn.lock(story.uid, "SOL", D("0.5"), days=30, at=story.at)
    earn.reward_locked(position.id, D("0.001"), at=story.at)
    earn.unlock(position.id, at=story.at)
    assert story.trader.free("SOL") == D("0.501")
    with pytest.raises(KeyError, match="no open locked position"):
        earn.unlock(position.id, at=story.at)


def test_a_convert_that_failed_moves_nothing_and_keeps_its_row(story: Story) -> None:
    story.exchange.wallet.convert(
        story.uid, ("USDT", D(100)), ("BNB", D(1)), at=story.at, status="FAIL"
    )
    assert (story.trader.free("USDT"), story.events) == (D(1000), [])
    assert [row.status for row in story.exchange.histories.converts] == ["FAIL"]


def test_bank_money_under_way_moves_when_it_is_done(story: Story) -> None:
    fiat = story.exchange.fiat
    coming, leaving = (
        fiat.order(story.uid, "EUR", D(100), withdraws=out, at=story.at, status="Processing")
        for out in (False, True)
    )
    steps = [story.trader.free("EUR")]
    fiat.advance(coming.id, "Successful", at=story.at)
    steps.append(story.trader.free("EUR"))
    fiat.advance(leaving.id, "Failed", at=story.at)
    steps.append(story.trader.free("EUR"))
    assert steps == [400, 500, 600]


def test_an_act_too_large_changes_nothing(story: Story) -> None:
    with pytest.raises(ApiError, match="insufficient balance"):
        story.exchange.wallet.convert(story.uid, ("SOL", D(1)), ("USDT", D(90)), at=story.at)
    assert (story.events, len(story.exchange.movements.rows)) == ([], 0)
    assert len(story.exchange.histories.converts) == 0


@pytest.mark.parametrize(("updates", "positions"), [(True, False), (False, True), (False, False)])
def test_an_unexplained_change_tells_what_it_is_told_to(
    story: Story, updates: bool, positions: bool
) -> None:
    story.exchange.wallet.change_unexplained(
        story.uid, {"USDT": D(1)}, at=story.at, updates=updates, positions=positions
    )
    assert (len(story.updates()), len(story.positions())) == (updates, positions)


def test_updates_can_be_switched_off_for_a_kind_nobody_documents(story: Story) -> None:
    story.exchange.wallet_settings.set_balance_updates({"convert": False})
    ACTS["convert"][0](story)
    ACTS["dividend"][0](story)
    assert (list(story.updates()), len(story.positions())) == (["NOPAIR"], 2)


@pytest.mark.parametrize("kind", ["deposit", "transfer", "nonsense"])
def test_documented_updates_cannot_be_switched_off(story: Story, kind: str) -> None:
    with pytest.raises(ValueError, match=f"{kind} is none of"):
        story.exchange.wallet_settings.set_balance_updates({kind: False})


def test_a_withdrawal_given_back_is_two_movements(story: Story) -> None:
    treasury = story.exchange.treasury
    record = treasury.withdraw(story.uid, "USDT", D(99), fee=D(1), at=story.at, status=4)
    treasury.advance_withdrawal(record.id, 3, at=story.at)
    found = [(row.kind, row.change, row.id) for row in story.exchange.movements.rows]
    assert found == [("withdrawal", D(-100), "wd-1"), ("withdrawal_return", D(100), "wd-1")]
