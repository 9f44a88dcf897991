"""An account lives a busy month at the exchange, then it is linked: what is rebuilt of the month
equals the exchange's own books.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from chalicelib.adapters.binance.budget import LIMIT_A_MINUTE, OUR_SHARE, Priority, WeightBudget
from chalicelib.adapters.binance.calls import RestAddresses
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.sapi_budget import SapiBudget
from chalicelib.domain.imported import ImportedLine
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Checkpoint
from chalicelib.domain.rebuild import RebuiltAccount, day_of, midnight, rebuilt, unexplained_of
from chalicelib.services.import_account import AccountImport, ImportSources, begin_import
from chalicelib.services.read_account import read_account
from chalicelib.services.rebuild_line import accounts_of
from sandbox.exchange.busy_life import live
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.movements import Movement
from sandbox.exchange.past_balances import PastBalances
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.builders import exchange_account
from tests.fakes import Fakes
from tests.integration.binance_helpers import OpenAccount, machine_now, open_account
from tests.integration.test_reconcile_busy_life import Patient

DAYS = 30
SEED = 2
"""A life with withdrawals that came back, deposits told late, and a day that has one of each."""
DAY_MS = 86_400_000
ACTS_A_DAY = 6
START = {"USDT": "20000", "BTC": "0.2", "BNB": "5", "ETH": "1", "EUR": "500"}
CENT = Decimal("0.01")


class CountingBudget(WeightBudget):
    """The budget of one address, and what was booked in each minute of the machine's clock."""

    def __init__(self, clock: Patient) -> None:
        super().__init__(clock, clock.wait)
        self._now = clock
        self.by_minute: Counter[int] = Counter()

    def try_spend(self, weight: int, priority: Priority) -> float:
        seconds = super().try_spend(weight, priority)
        if not seconds:
            self.by_minute[int(self._now().timestamp() // 60)] += weight
        return seconds


@dataclass
class Linked:
    """An account that lived and was then linked, and its import."""

    running: RunningExchange
    opened: OpenAccount
    exchange: BinanceExchange
    clock: Patient
    budget: CountingBudget
    fakes: Fakes = field(default_factory=Fakes)

    def __post_init__(self) -> None:
        taken_at, reading = read_account(self.exchange, self.opened.pair)
        link = Checkpoint(taken_at, dict(reading.quantities))
        self.fakes.ledger.add_checkpoint("ada", link)
        self.linked_at = taken_at

    def begin(self) -> AccountImport:
        symbols = list(self.exchange.symbols().values())
        fakes = self.fakes
        sources = ImportSources(
            self.exchange.at_leisure(), fakes.ledger, fakes.holdings, fakes.imports, lambda: symbols
        )
        begun = begin_import(exchange_account(account_id="ada"), self.opened.pair, sources)
        assert begun is not None
        return begun

    def line(self) -> ImportedLine:
        self.budget.by_minute.clear()
        work = self.begin()
        while (retry_at := work.turn()) is not None:
            self.clock.waited += retry_at - self.clock() + timedelta(seconds=1)
        found = self.fakes.imports.line(exchange_account().trader_id)
        assert found is not None
        return found

    def rebuilt(self) -> RebuiltAccount:
        """The account's past, out of what the import found."""
        return rebuilt(accounts_of(self.fakes.imports.parts(exchange_account().trader_id))["ada"])

    def price_at(self, asset: str, at: datetime) -> Decimal:
        """In USDT, by the exchange's own prices."""
        moment = int(at.timestamp() * 1000)
        return self.running.call(lambda state: usdt_price(asset, state.market.prices(moment)))

    def value_at(self, at: datetime) -> Decimal:
        """What the exchange's own books and prices say the account was worth."""
        moment = int(at.timestamp() * 1000)

        def value(state: Exchange) -> Decimal:
            held = PastBalances(state, self.opened.uid).at(moment - 1)
            prices = state.market.prices(moment)
            return sum(
                (
                    (each.free + each.locked) * usdt_price(asset, prices)
                    for asset, each in held.items()
                ),
                Decimal(0),
            )

        return self.running.call(value)


def exchange_time(moment: int) -> datetime:
    """Epoch milliseconds as an instant."""
    return datetime.fromtimestamp(moment / 1000, UTC)


def usdt_price(asset: str, prices: dict[str, Decimal]) -> Decimal:
    coin = asset.removeprefix("LD")
    if coin == "USDT":
        return Decimal(1)
    if coin + "USDT" in prices:
        return prices[coin + "USDT"]
    return 1 / prices["USDT" + coin] if "USDT" + coin in prices else Decimal(0)


@pytest.fixture(scope="module")
def linked() -> Iterator[Linked]:
    with running_exchange(hours=24 * (DAYS + 2)) as running:
        running.admin.post(
            "limits",
            weight_per_minute=10**9,
            sapi_ip_weight_per_minute=10**9,
            sapi_uid_weight_per_minute=10**9,
        )
        opened_at = running.state.now()
        opened = open_account(running, **START)
        running.call(
            lambda state: live(
                state,
                opened.uid,
                Random(SEED),
                acts=DAYS * ACTS_A_DAY,
                start=opened_at + 1000,
                end=opened_at + DAYS * DAY_MS + 5_000_000,
            )
        )
        addresses = RestAddresses(f"{running.rest_url}/api", f"{running.rest_url}/sapi")
        clock = Patient()
        budget, sapi = CountingBudget(clock), SapiBudget(clock, clock.wait)
        exchange = BinanceExchange(addresses, budget, machine_now, sapi)
        exchange.symbols()
        yield Linked(running, opened, exchange, clock, budget)
        exchange.close()


@pytest.fixture(scope="module")
def line(linked: Linked) -> ImportedLine:
    return linked.line()


def test_each_imported_day_is_worth_what_the_exchange_says(
    linked: Linked, line: ImportedLine
) -> None:
    assert len(line.days) >= DAYS
    for each in line.days:
        assert abs(each.value - linked.value_at(midnight(each.day + 1))) < CENT


def test_the_line_ends_with_the_day_before_the_link(linked: Linked, line: ImportedLine) -> None:
    assert line.until == linked.linked_at
    assert midnight(line.days[-1].day + 1) <= linked.linked_at < midnight(line.days[-1].day + 2)
    assert [each.day for each in line.days] == [*range(line.days[0].day, line.days[-1].day + 1)]


def test_all_but_a_few_days_are_borne_out_by_the_exchange(line: ImportedLine) -> None:
    assert sum(each.certain for each in line.days) >= DAYS - 8


def test_a_busy_month_costs_little_weight_and_never_more_than_its_share(
    linked: Linked, line: ImportedLine
) -> None:
    assert line.days
    minutes = linked.budget.by_minute.values()
    assert sum(minutes) <= 1_000
    assert max(minutes) <= LIMIT_A_MINUTE * OUR_SHARE * Priority.IMPORT.value


def test_each_unexplained_change_is_one_that_the_page_names(
    linked: Linked, line: ImportedLine
) -> None:
    """A withdrawal that was taken out and came back, both on the days on which the exchange moved
    the amount; or a deposit, on the day of its credit, and undone where its history has it."""
    moved = linked.running.call(lambda state: list(state.movements.of(linked.opened.uid)))
    returned = {each.id for each in moved if each.kind == "withdrawal_return"}
    kinds: Counter[str] = Counter()
    for day, entries in linked.rebuilt().days.items():
        for change in unexplained_of(entries):
            truth = [
                each.kind
                for each in moved
                if (each.asset, each.change) == (change.asset, change.quantity)
                and day_of(exchange_time(each.at)) == day
                and (each.kind == "deposit" or each.id in returned)
            ]
            undone = [
                "undone deposit"
                for each in entries
                if isinstance(each, BalanceChange)
                and (each.kind, each.at) == (ChangeKind.DEPOSIT, change.at)
                and each.changes() == {change.asset: -change.quantity}
            ]
            assert len(truth or undone) == 1, (day, change)
            kinds.update(truth or undone)
    assert kinds == {"withdrawal": 2, "withdrawal_return": 2, "deposit": 2, "undone deposit": 2}


def test_what_is_left_unexplained_comes_back(linked: Linked, line: ImportedLine) -> None:
    """No unexplained change is left over."""
    rest: Counter[str] = Counter()
    for entries in linked.rebuilt().days.values():
        for each in unexplained_of(entries):
            rest[each.asset] += each.quantity  # type: ignore[assignment]
    assert rest
    assert {asset: left for asset, left in rest.items() if left} == {}


def test_each_days_flows_are_what_crossed_the_border(linked: Linked, line: ImportedLine) -> None:
    """By the exchange's own movements and its prices at their instants: within half a percent of
    what moved; within five where the instant of something is not known, or it came back on the
    same day."""
    moved = linked.running.call(lambda state: list(state.movements.of(linked.opened.uid)))
    acts: defaultdict[tuple[str, str], list[Movement]] = defaultdict(list)
    for each in moved:
        acts[each.kind, each.id].append(each)
    flows: defaultdict[int, list[Decimal]] = defaultdict(list)
    for act in acts.values():
        coins = {each.asset.removeprefix("LD") for each in act}  # lent coins are still held
        if len(coins) == 1:  # else one coin for another, inside the account
            for each in act:
                at = exchange_time(each.at)
                flows[day_of(at)].append(each.change * linked.price_at(each.asset, at))
    unclear = {day for day, found in linked.rebuilt().days.items() if unexplained_of(found)}
    back = {day_of(exchange_time(each.at)) for each in moved if each.kind == "withdrawal_return"}
    for day in line.days[-DAYS:]:
        room = Decimal("0.05") if day.day in unclear | back else Decimal("0.005")
        told = flows[day.day]
        allowed = sum(map(abs, told), Decimal(0)) * room + CENT
        assert abs(day.net_flow - sum(told, Decimal(0))) <= allowed, day
