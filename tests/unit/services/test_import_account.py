from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import count

import pytest

from chalicelib.domain.errors import ExchangeUnavailable, RateLimited
from chalicelib.domain.imported import LONGEST_DAYS, ImportedLine
from chalicelib.domain.ledger import Checkpoint, Side
from chalicelib.domain.rebuild import day_of, midnight
from chalicelib.domain.windows import hour_of
from chalicelib.services.import_account import AccountImport, ImportSources, begin_import
from chalicelib.services.import_ports import ImportPart, ImportProgress
from tests.builders import (
    NOON,
    TRADER,
    account_holdings,
    at,
    balance_change,
    checkpoint,
    exchange_account,
    fill,
    key_pair,
    symbols,
)
from tests.fake_imports import FakeImports
from tests.fakes import FakeExchange, Fakes

PAIR = key_pair()
LINK_DAY = day_of(NOON)
INSTANT = timedelta(milliseconds=1)
CLOSES = range(hour_of(midnight(LINK_DAY - 200)), hour_of(NOON) + 2)


class World:
    """An exchange that keeps readings of the last thirty days, and a league."""

    def __init__(self) -> None:
        self.fakes = Fakes()
        self.exchange = FakeExchange(NOON)
        self.exchange.listed = symbols("BTC/USDT", "ETH/USDT", "XRP/USDT")
        for name, price in (("BTCUSDT", 100), ("ETHUSDT", 10), ("XRPUSDT", 1)):
            self.exchange.hours_closed[name] = {hour: Decimal(price) for hour in CLOSES}
        self.link(USDT="1000")
        self.kept(USDT="1000")

    def link(self, name: str = "ada", ago: int = 0, **held: str) -> None:
        taken_at = NOON - timedelta(days=ago)
        self.fakes.ledger.add_checkpoint(name, checkpoint(taken_at, **held))
        row = account_holdings(account_id=name, linked_at=taken_at)
        self.fakes.holdings.create(row)

    def kept(self, days: int = 30, **held: str) -> None:
        """The exchange's readings of so many midnights all say the same."""
        self.exchange.snapshots_of[PAIR.api_key] = [
            checkpoint(midnight(LINK_DAY - ago) - INSTANT, **held) for ago in reversed(range(days))
        ]

    def begin(self, name: str = "ada") -> AccountImport:
        fakes, exchange = self.fakes, self.exchange
        listed = list(exchange.listed.values())
        sources = ImportSources(
            exchange, fakes.ledger, fakes.holdings, fakes.imports, lambda: listed
        )
        begun = begin_import(exchange_account(account_id=name), PAIR, sources)
        assert begun is not None
        return begun

    def line(self) -> ImportedLine:
        found = self.fakes.imports.line(TRADER)
        assert found is not None
        return found

    def asked(self) -> Counter[str]:
        return Counter(self.exchange.calls)


@pytest.fixture
def world() -> World:
    return World()


def test_ninety_days_are_rebuilt_of_an_old_account(world: World) -> None:
    assert world.begin().turn() is None
    line = world.line()
    assert (line.until, line.accounts) == (NOON, ("ada",))
    assert len(line.days) == LONGEST_DAYS + 1
    assert {each.value for each in line.days} == {Decimal(1000)}
    assert world.fakes.imports.progress(TRADER) == {"ada": ImportProgress("ada", 100)}


def test_a_young_accounts_past_begins_with_the_exchanges_first_reading(world: World) -> None:
    world.kept(days=5, USDT="1000")
    world.begin().turn()
    assert len(world.line().days) == 5


def test_an_account_whose_link_is_not_recorded_waits(world: World) -> None:
    fakes = Fakes()
    sources = ImportSources(world.exchange, fakes.ledger, fakes.holdings, fakes.imports, lambda: [])
    assert begin_import(exchange_account(), PAIR, sources) is None


def test_who_goes_on_asks_for_nothing_a_second_time(world: World) -> None:
    world.exchange.fail("movements withdrawals", ExchangeUnavailable("closed"))
    with pytest.raises(ExchangeUnavailable):
        world.begin().turn()
    first = world.asked()
    assert first["snapshots"] == 1
    assert world.begin().turn() is None
    assert world.asked()["snapshots"] == 1
    assert world.asked()["movements deposits"] == first["movements deposits"]


class Crash(Exception):
    """The container is gone."""


class Crashing(FakeImports):
    """Imports whose `at`-th write is the container's last deed: done, or not done any more."""

    def __init__(self, at: int, *, done: bool) -> None:
        super().__init__()
        self.left = at
        self._done = done

    def _written(self, write: Callable[[], None]) -> None:
        self.left -= 1
        if self.left != 0:
            write()
            return
        if self._done:
            write()
        raise Crash

    def put_line(self, trader_id: str, line: ImportedLine) -> None:
        self._written(partial(super().put_line, trader_id, line))

    def put_part(self, trader_id: str, part: ImportPart) -> None:
        self._written(partial(super().put_part, trader_id, part))

    def put_progress(self, trader_id: str, progress: ImportProgress) -> None:
        self._written(partial(super().put_progress, trader_id, progress))


def eventful(world: World) -> World:
    """Fills, a deposit, and a coin whose pairs have to be searched for."""
    world.exchange.fills_of[PAIR.api_key] = [
        fill(base="XRP", price="1", quantity="100", executed_at=at(hours=-40))
    ]
    world.exchange.movements_of["deposits"][PAIR.api_key] = [
        balance_change(quantity="400", changed_at=at(hours=-90))
    ]
    world.kept(days=1, USDT="1000", XRP="100")
    return world


@pytest.mark.parametrize("done", [False, True])
def test_an_import_may_break_off_at_any_write(done: bool) -> None:
    whole = eventful(World())
    assert whole.begin().turn() is None
    asked, writes = whole.asked(), 0
    for number in count(1):
        world = eventful(World())
        world.fakes.imports = Crashing(number, done=done)
        try:
            world.begin().turn()
            break
        except Crash:
            writes += 1
        assert world.begin().turn() is None  # by another container
        assert world.line() == whole.line()
        assert world.fakes.imports.parts(TRADER) == whole.fakes.imports.parts(TRADER)
        assert world.fakes.imports.progress(TRADER) == whole.fakes.imports.progress(TRADER)
        of_accounts = [name for name in asked if not name.startswith(("hour_closes", "minute"))]
        again = sum((world.asked() - asked)[name] for name in of_accounts)
        assert again <= (0 if done else 1), "only what was found and not kept is asked for again"
    assert writes > len(whole.fakes.imports.parts(TRADER))


def test_what_has_no_weight_left_is_put_off_and_the_rest_is_done(world: World) -> None:
    world.exchange.movements_of["deposits"][PAIR.api_key] = [
        balance_change(quantity="400", changed_at=at(hours=-30))
    ]
    world.kept(days=1, USDT="1000")
    world.exchange.fail("movements withdrawals", RateLimited("spent", at(minutes=1)))
    work = world.begin()
    assert work.turn() == at(minutes=1)
    assert world.line().accounts == ("ada",)  # what there is can be seen meanwhile
    assert 0 < world.fakes.imports.progress(TRADER)["ada"].percent < 100
    assert work.turn() is None


def test_where_fills_have_to_wait_no_other_pair_is_asked_for(world: World) -> None:
    world.exchange.movements_of["deposits"][PAIR.api_key] = [
        balance_change(asset=asset, change_id=asset, changed_at=at(hours=-30))
        for asset in ("BTC", "ETH", "XRP")
    ]
    world.exchange.fail("fills", RateLimited("spent", at(minutes=1)))
    assert world.begin().turn() == at(minutes=1)
    assert world.asked()["fills"] == 1


def test_pairs_of_coins_that_were_sold_again_are_found(world: World) -> None:
    """XRP was bought and sold within a day: only USDT tells of it."""
    world.link(USDT="1000")
    bought = fill(base="XRP", price="1", quantity="100", executed_at=at(hours=-40))
    sold = fill(
        base="XRP", price="2", quantity="100", side=Side.SELL, trade_id=2, executed_at=at(hours=-39)
    )
    world.exchange.fills_of[PAIR.api_key] = [bought, sold]
    before = [
        checkpoint(midnight(LINK_DAY - ago) - INSTANT, USDT="900" if ago > 1 else "1000")
        for ago in reversed(range(30))
    ]
    world.exchange.snapshots_of[PAIR.api_key] = before
    assert world.begin().turn() is None
    line = world.line()
    assert all(each.net_flow == 0 for each in line.days)
    assert line.days[0].index == pytest.approx(0.9)
    assert all(each.certain for each in line.days[-20:])


def test_what_nothing_explains_is_a_flow_of_its_day_and_no_certain_day(world: World) -> None:
    world.exchange.snapshots_of[PAIR.api_key] = [
        checkpoint(midnight(LINK_DAY - ago) - INSTANT, USDT="900" if ago > 1 else "1000")
        for ago in reversed(range(30))
    ]
    world.begin().turn()
    flows = {each.day: (each.net_flow, each.certain) for each in world.line().days}
    assert flows[LINK_DAY - 2] == (Decimal(100), False)
    assert flows[LINK_DAY - 3] == (Decimal(0), True)


def test_the_line_is_of_all_accounts_and_ends_at_the_first_link(world: World) -> None:
    world.link("bob", ago=10, USDT="1000")
    world.begin("ada").turn()
    world.begin("bob").turn()
    line = world.line()
    assert (line.until, line.accounts) == (NOON - timedelta(days=10), ("ada", "bob"))
    assert line.days[-1].value == 2000


class Overtaken(FakeImports):
    """Imports in which, while the first line is on its way, another container finds more."""

    def __init__(self, more: ImportPart) -> None:
        super().__init__()
        self._more: ImportPart | None = more

    def put_line(self, trader_id: str, line: ImportedLine) -> None:
        if self._more is not None:
            more, self._more = self._more, None
            self.put_part(trader_id, more)
        super().put_line(trader_id, line)


def test_what_another_container_finds_meanwhile_is_in_the_line() -> None:
    """A deposit that the exchange's readings do not bear out: its day is no certain one then."""
    deposit = balance_change(quantity="400", changed_at=at(hours=-90))
    world = World()
    world.fakes.imports = Overtaken(ImportPart("ada", "of another container", (deposit,)))
    world.begin().turn()
    unclear = [each.day for each in world.line().days[-20:] if not each.certain]
    assert unclear == [day_of(deposit.at)]


def test_an_account_linked_long_after_the_first_has_no_part_in_the_line(world: World) -> None:
    world.link("bob", ago=100, USDT="500")
    assert world.begin("ada").turn() is None
    assert world.fakes.imports.line(TRADER) is None
    assert world.exchange.calls == []
    assert world.fakes.imports.progress(TRADER)["ada"].percent == 100


def test_what_came_after_the_link_is_not_the_imports(world: World) -> None:
    later = balance_change(quantity="400", changed_at=at(minutes=1))
    world.exchange.movements_of["deposits"][PAIR.api_key] = [later]
    world.begin().turn()
    found = [entry for part in world.fakes.imports.parts(TRADER) for entry in part.entries]
    assert found == []


def test_a_second_link_of_an_account_does_not_move_the_first(world: World) -> None:
    again = Checkpoint(at(hours=48), {"USDT": Decimal(5)})
    world.fakes.ledger.add_checkpoint("ada", again)
    world.begin().turn()
    assert world.line().until == NOON
