"""The command that tells what late events corrected."""

import re

import pytest

from chalicelib.adapters.dynamo.print_corrections import lines, main
from chalicelib.domain.account import SEATS_PER_SHARD
from chalicelib.domain.corrections import Corrected
from chalicelib.domain.windows import hour_of, hour_start
from tests.builders import NOON, trader
from tests.contract.conftest import REGION
from tests.contract.stores import DynamoStores, Fresh

HOUR = hour_of(NOON)


def record(seat: int = 7, account_id: str = "ACC", clamped: bool = False) -> Corrected:
    return Corrected(
        account_id=account_id,
        seat=seat,
        at_hour=HOUR,
        touched_hour=HOUR - 1000 if clamped else HOUR - 2,
        from_hour=HOUR - 2,
        entry_ids=tuple(f"T#BTCUSDT#{number}" for number in range(7)),
        before={"24h": -105, "7d": None, "30d": 5},
        after={"24h": 1234, "7d": None, "30d": 0},
    )


def test_a_line_tells_when_from_when_by_what_and_both_numbers() -> None:
    header, line = lines([record()])
    assert re.split(r"  +", line) == [
        "2026-03-01T12",
        "7",
        "ACC",
        "2026-03-01T10",
        "-1.05 / – / 0.05",
        "12.34 / – / 0.00",
        "T#BTCUSDT#0 T#BTCUSDT#1 T#BTCUSDT#2 T#BTCUSDT#3 T#BTCUSDT#4 and 2 more",
    ]
    assert header.startswith("corrected at")


def test_a_clamped_correction_says_what_it_would_have_touched() -> None:
    _, line = lines([record(clamped=True)])
    assert f"2026-03-01T10 (touched {hour_start(HOUR - 1000):%Y-%m-%dT%H})" in line


def test_a_shard_or_a_trader_is_printed(
    dynalite: str,
    dynalite_tables: object,
    fresh: Fresh,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stores = DynamoStores(dynalite_tables, "any")  # type: ignore[arg-type]
    stores.traders.claim_name(fresh.name, fresh.trader, fresh.seat, NOON)
    stores.traders.save(trader(trader_id=fresh.trader, name=fresh.name, seat=fresh.seat))
    stores.corrections.keep(record(fresh.seat, "MINE"))
    stores.corrections.keep(record(fresh.seat + 1, "NEXT"))
    where = ["--prefix", "league-", "--region", REGION, "--url", dynalite]
    shard = str(fresh.seat // SEATS_PER_SHARD)
    for asked, found in (
        (["--shard", shard], {"MINE", "NEXT"}),
        (["--trader", fresh.name.lower(), "--from", "2026-03-01T12"], {"MINE"}),
        (["--shard", shard, "--to", "2026-03-01T11"], set()),
    ):
        assert main([*asked, *where]) == 0
        printed = capsys.readouterr().out
        assert {name for name in ("MINE", "NEXT") if name in printed} == found


def test_a_trader_who_does_not_exist_is_named(
    dynalite: str, dynalite_tables: object, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--trader", "nobody-of-that-name", "--url", dynalite]
    assert main(asked) == 2
    assert "nobody-of-that-name" in capsys.readouterr().err
