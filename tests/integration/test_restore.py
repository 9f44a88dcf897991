"""The rehearsal of a loss: everything is gone, ledger, accounts and traders come back from copies,
and the rest is rebuilt, by the commands of the runbook."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.adapters.dynamo.blocks import decode_block, encode_block
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.windows import hour_of, hour_start
from tests.builders import NOON
from tests.contract.conftest import REGION
from tests.operated_league import (
    OperatedLeague,
    all_items,
    aws_in_process,
    operated_league,
    run,
    wipe,
)

FIRST = hour_of(NOON) + 8  # four hours before midnight
LAST = FIRST + 7
WHY = ("--why", "a rehearsal")
BACK = ("ledger", "accounts", "traders", "history", "jobs")

Items = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with aws_in_process():
        yield


@pytest.fixture
def league(aws: None) -> Iterator[OperatedLeague]:
    """Four traders over a midnight: they trade, pay in, leave, are linked with nothing."""
    with operated_league() as made:
        made.now = hour_start(FIRST) - timedelta(minutes=20)
        made.join("Ada", USDT="1000")
        made.join("Bob", USDT="500", BTC="0.01")
        made.join("Cyd", USDT="2000")
        made.join("Dan")
        made.keep_prices(made.now + timedelta(minutes=1), "60000")
        for number in range(LAST - FIRST + 1):
            made.close(FIRST + number, str(60000 + 250 * number))
            made.now = hour_start(FIRST + number) + timedelta(minutes=12)
            if number == 1:
                made.buy("Ada", "600", "60310")
            if number == 2:
                made.deposit("Bob", "250")
            if number == 4:
                made.buy("Ada", "-200", "61020")
            if number == 5:
                made.unlink("Cyd")
        yield made


def test_after_a_loss_the_league_is_the_same(
    league: OperatedLeague, capsys: pytest.CaptureFixture[str]
) -> None:
    before = all_items()
    copies = copied(before)
    wipe()
    assert not any(all_items().values())
    for table in BACK:
        assert run("bring-back", table, "--from", copies.name(table), *WHY) == 0
    for command in ("rebuild-holdings", "rebuild-seats", "rebuild-history"):
        assert run(command, *WHY) == 0
    said = capsys.readouterr().out
    assert "4 rows made" in said
    assert "4 seats set" in said
    assert "8 hours marked" in said
    after = all_items()
    assert blocks(after) == blocks(before)
    assert boards(after) == boards(before)
    assert quantities(after) == quantities(before)
    assert named(after, "WHO") == named(before, "WHO")


def test_what_happened_since_the_backup_is_not_lost(league: OperatedLeague) -> None:
    copies = copied(all_items())
    league.buy("Ada", "100", "62000")
    league.close(LAST + 1, "62500")
    newest = all_items()
    for table in BACK:
        assert run("bring-back", table, "--from", copies.name(table), *WHY) == 0
    kept = {table: {key_of(item): item for item in items} for table, items in all_items().items()}
    for table, items in newest.items():
        assert all(kept[table][key_of(item)] == item for item in items)


def test_rebuilding_what_is_there_changes_nothing(league: OperatedLeague) -> None:
    before = all_items()
    for command in ("rebuild-holdings", "rebuild-seats", "rebuild-history"):
        assert run(command, *WHY) == 0
    after = all_items()
    assert blocks(after) == blocks(before)
    assert boards(after) == boards(before)
    assert after["holdings"] == before["holdings"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("holdings", "--from", "anything"), "it is rebuilt"),
        (("ledger", "--from", "not-there"), "there is no table not-there"),
    ],
)
def test_what_cannot_be_brought_back_is_said(
    league: OperatedLeague, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...], said: str
) -> None:
    assert run("bring-back", *asked, *WHY) == 2
    assert said in capsys.readouterr().err


def copied(items: Items) -> Tables:
    """Copies under other names, as a recovery to a point in time makes them."""
    number = wiring.settings().table_prefix
    copies = Tables(f"{number}restored-", REGION)
    copies.create(*BACK)
    for table in BACK:
        copies.put_each(table, items[table])
    return copies


def key_of(item: dict[str, Any]) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def blocks(items: Items) -> dict[tuple[str, str], bytes]:
    """Every block by its key: its bytes, its expiry apart."""
    found = {
        key_of(item): bytes(item["content"]["B"])
        for item in items["history"]
        if item["pk"]["S"].startswith("B#") and "content" in item
    }
    assert len(found) > 3 * (LAST - FIRST)
    assert all(encode_block(decode_block(each)) == each for each in found.values())
    return found


def boards(items: Items) -> list[dict[str, Any]]:
    found = [item for item in items["history"] if item["pk"]["S"].startswith("BOARD#")]
    assert len(found) == 3 * (LAST - FIRST + 2)
    return sorted(found, key=key_of)


def named(items: Items, sort_key: str) -> list[dict[str, Any]]:
    return [item for item in items["history"] if item["sk"]["S"] == sort_key]


def quantities(items: Items) -> dict[str, dict[str, str]]:
    """What each account holds, whenever that was heard."""
    return {
        item["sk"]["S"]: {
            name: value["S"].split()[0] for name, value in item.items() if name.startswith("q_")
        }
        for item in items["holdings"]
    }
