from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.domain.account import AccountState, ExchangeAccount, ImportState
from chalicelib.domain.errors import ExchangeUnavailable, RateLimited
from chalicelib.domain.rebuild import day_of, midnight
from chalicelib.domain.switches import Switch
from chalicelib.domain.windows import hour_of
from chalicelib.services.import_account import ImportSources
from chalicelib.services.import_ports import ImportProgress
from ingest_container.followed import Followed, Stage
from ingest_container.importer import Importer
from tests.builders import NOON, checkpoint, key_pair
from tests.unit.ingest.helpers import World

LINK_DAY = day_of(NOON)


class Importing:
    """A container that follows one account, linked at noon, of an old account at the exchange."""

    def __init__(self, paused: Callable[[Switch], bool] = lambda _: False) -> None:
        self.world = World()
        fakes, exchange = self.world.fakes, self.world.exchange
        self.sources = ImportSources(
            exchange,
            fakes.ledger,
            fakes.holdings,
            fakes.imports,
            lambda: list(exchange.listed.values()),
        )
        account = self.world.add_account(state=AccountState.LIVE)
        self.followed = Followed(account, key_pair("ada"), Stage.STREAM)
        outside = replace(self.world.outside(), paused=paused)
        self.importer = Importer(outside, self.sources, lambda: [self.followed])
        hours = range(hour_of(midnight(LINK_DAY - 91)), hour_of(NOON) + 2)
        exchange.hours_closed["BTCUSDT"] = {hour: Decimal(100) for hour in hours}
        exchange.snapshots_of["ada"] = [
            checkpoint(midnight(LINK_DAY - ago) - timedelta(milliseconds=1), USDT="1000")
            for ago in reversed(range(30))
        ]
        fakes.ledger.add_checkpoint("ada", checkpoint(NOON, USDT="1000"))

    def work(self) -> None:
        self.importer.look()
        self.importer.import_due()

    def stored(self) -> ExchangeAccount:
        return self.world.fakes.accounts.get("ada")

    def has_line(self) -> bool:
        return self.world.fakes.imports.line(self.stored().trader_id) is not None


@pytest.fixture
def importing() -> Importing:
    return Importing()


def test_the_past_of_an_account_that_streams_comes_in(importing: Importing) -> None:
    importing.work()
    assert importing.has_line()
    assert importing.stored().import_state is ImportState.DONE
    assert importing.importer.waiting() == 0


def test_it_comes_in_once(importing: Importing) -> None:
    importing.work()
    importing.world.exchange.calls.clear()
    importing.work()
    assert importing.world.exchange.calls == []


def test_who_has_just_come_in_is_first(importing: Importing) -> None:
    """Others who wait for weight do not hold up one who looks at his first day."""
    world, later = importing.world, NOON + timedelta(hours=1)
    account = replace(world.add_account("bob"), state=AccountState.LIVE, linked_at=later)
    world.fakes.ledger.add_checkpoint("bob", checkpoint(NOON, USDT="1000"))
    world.exchange.snapshots_of["bob"] = world.exchange.snapshots_of["ada"]
    both = [importing.followed, Followed(account, key_pair("bob"), Stage.STREAM)]
    importer = Importer(world.outside(), importing.sources, lambda: both)
    world.exchange.fail("snapshots", RateLimited("spent", later))  # the first who asks
    importer.look()
    importer.import_due()
    assert world.fakes.accounts.get("bob").import_state is ImportState.RUNNING
    assert importing.stored().import_state is ImportState.DONE


@pytest.mark.parametrize("stage", [Stage.CHECK, Stage.SUBSCRIBE, Stage.LINK, Stage.STOPPED])
def test_an_account_that_does_not_stream_waits(importing: Importing, stage: Stage) -> None:
    importing.followed.stage = stage
    importing.work()
    assert importing.world.exchange.calls == []


def test_while_it_rests_nothing_is_imported(importing: Importing) -> None:
    importing.importer.rest(True)
    importing.work()
    assert importing.world.exchange.calls == []
    importing.importer.rest(False)
    importing.work()
    assert importing.has_line()


def test_without_weight_it_goes_on_when_there_is_some(importing: Importing) -> None:
    later = NOON + timedelta(minutes=1)
    importing.world.exchange.fail("snapshots", RateLimited("spent", later))
    importing.work()
    assert importing.stored().import_state is ImportState.RUNNING
    importing.work()
    assert importing.importer.waiting() == 1
    importing.world.machine.now = later
    importing.work()
    assert importing.stored().import_state is ImportState.DONE


def test_an_exchange_that_fails_holds_it_up_and_is_named(importing: Importing) -> None:
    importing.world.exchange.fail("snapshots", ExchangeUnavailable("closed for a while"))
    importing.work()
    told = importing.world.fakes.imports.progress(importing.stored().trader_id)
    assert told == {"ada": ImportProgress("ada", 0, "closed for a while")}
    importing.world.machine.now = NOON + timedelta(seconds=30)
    importing.work()
    assert importing.stored().import_state is ImportState.DONE


def test_an_account_that_left_is_not_imported(importing: Importing) -> None:
    importing.world.exchange.fail("snapshots", RateLimited("spent", NOON))
    importing.work()
    importing.followed.stage = Stage.STOPPED
    importing.importer.look()
    assert importing.importer.waiting() == 0


def test_an_account_linked_too_lately_to_have_been_read_has_no_past(importing: Importing) -> None:
    importing.world.exchange.snapshots_of["ada"] = []
    importing.work()
    assert importing.stored().import_state is ImportState.DONE
    assert not importing.has_line()
    assert importing.world.exchange.calls == ["snapshots"]
