from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from chalicelib.domain.imported import ImportedDay, ImportedLine
from chalicelib.domain.ledger import ChangeKind, Source, WholeChange
from chalicelib.services.import_ports import ImportPart, ImportProgress
from tests.builders import NOON, at, balance_change, checkpoint, fill
from tests.contract.stores import Fresh, Stores

DAY = ImportedDay(20_500, 0.1 + 0.2, Decimal("1000.123456789"), Decimal(-5), Decimal(60_000), True)
LINE = ImportedLine(NOON, ("ada", "bob"), (DAY, replace(DAY, day=20_501, btc=None, certain=False)))
WHOLE = WholeChange(NOON, at(hours=1), Decimal("0.00000001"))


def test_a_line_is_read_as_it_was_written(stores: Stores, fresh: Fresh) -> None:
    assert stores.imports.line(fresh.trader) is None
    stores.imports.put_line(fresh.trader, replace(LINE, days=()))
    stores.imports.put_line(fresh.trader, LINE)
    assert stores.imports.line(fresh.trader) == LINE


def test_parts_are_read_as_they_were_written(stores: Stores, fresh: Fresh) -> None:
    unexplained = balance_change(
        kind=ChangeKind.UNEXPLAINED, source=Source.LEAGUE, quantity="-0.1", whole=WHOLE
    )
    parts = [
        ImportPart("ada", "deposits 0", (balance_change(), unexplained)),
        ImportPart("ada", "fills BTCUSDT", (fill(commission="0.1", commission_asset="BNB"),)),
        ImportPart("ada", "snapshots", readings=(checkpoint(BTC="0.5"), checkpoint(at(hours=24)))),
        ImportPart("bob", "snapshots"),
    ]
    for part in reversed(parts):
        stores.imports.put_part(fresh.trader, part)
    stores.imports.put_part(fresh.trader, parts[0])
    assert stores.imports.parts(fresh.trader) == parts


def test_a_part_may_have_very_many_entries(stores: Stores, fresh: Fresh) -> None:
    fills = tuple(
        fill(trade_id=number, executed_at=NOON + timedelta(seconds=number))
        for number in range(4_500)
    )
    part = ImportPart("ada", "fills BTCUSDT", fills)
    stores.imports.put_part(fresh.trader, part)
    assert stores.imports.parts(fresh.trader) == [part]


def test_progress_is_told_by_account(stores: Stores, fresh: Fresh) -> None:
    stores.imports.put_progress(fresh.trader, ImportProgress("ada", 10, "the exchange is closed"))
    stores.imports.put_progress(fresh.trader, ImportProgress("ada", 20))
    stores.imports.put_progress(fresh.trader, ImportProgress("bob", 100))
    assert stores.imports.progress(fresh.trader) == {
        "ada": ImportProgress("ada", 20),
        "bob": ImportProgress("bob", 100),
    }


def test_what_is_forgotten_is_gone_and_nothing_else(stores: Stores, fresh: Fresh) -> None:
    for trader_id in (fresh.trader, fresh.trader + "B"):
        stores.imports.put_line(trader_id, LINE)
        stores.imports.put_part(trader_id, ImportPart("ada", "snapshots"))
        stores.imports.put_progress(trader_id, ImportProgress("ada", 100))
    stores.imports.forget(fresh.trader)
    assert stores.imports.line(fresh.trader) is None
    assert stores.imports.parts(fresh.trader) == []
    assert stores.imports.progress(fresh.trader) == {}
    assert stores.imports.line(fresh.trader + "B") == LINE
    assert len(stores.imports.parts(fresh.trader + "B")) == 1
