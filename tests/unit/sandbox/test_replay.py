import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.money import plain, shown_percent
from sandbox.replay import main, replay
from sandbox.timeline_file import read_timeline

Json = dict[str, Any]


def mark(hour: float, usdt: str | None = None, *flows: str, **accounts: Json) -> Json:
    """A mark: account A's USDT, its flows in USDT, and other accounts."""
    found: Json = {"hour": hour, "accounts": dict(accounts)}
    if usdt is not None:
        found["accounts"]["A"] = {"USDT": usdt}
    if flows:
        found["flows"] = [{"account": "A", "asset": "USDT", "quantity": each} for each in flows]
    return found


def timeline(*marks: Json, hours: float | None = None, prices: list[Json] | None = None) -> Json:
    window = marks[-1]["hour"] if hours is None else hours
    return {"window_hours": window, "marks": list(marks), "prices": prices or []}


def run(found: Json) -> Json:
    return dict(replay(read_timeline(json.dumps(found))))


def answer(pnl: str, twr: str, mwr: str | None, shown: str, *, capped: bool = False) -> Json:
    return {
        "pnl_usdt": pnl,
        "twr_pct": twr,
        "mwr_pct": mwr,
        "shown_pct": shown,
        "capped": capped,
    }


NOTHING = {
    "pnl_usdt": None,
    "twr_pct": None,
    "mwr_pct": None,
    "shown_pct": None,
    "capped": False,
}

CASES = {
    "deposit in the middle": (
        timeline(mark(0, "1000"), mark(12, "1100", "1000"), mark(24, "1995")),
        answer("-5", "4.50000000", "-0.33333333", "4.50"),
    ),
    "leave and return": (
        timeline(mark(0, "1000"), mark(6, "1200", "-1200"), mark(18, "0", "600"), mark(24, "630")),
        answer("230", "26.00000000", "92.00000000", "26.00"),
    ),
    "coin deposit inside the hour": (
        {
            "window_hours": 1,
            "marks": [
                mark(0, "10000"),
                {
                    "hour": 0.25,
                    "flows": [{"account": "A", "asset": "BTC", "quantity": "1"}],
                },
                {"hour": 1},
            ],
            "prices": [{"hour": 0, "BTC": "60000"}, {"hour": 1, "BTC": "57000"}],
        },
        answer("-3000", "-4.28571429", "-5.45454545", "-5.45", capped=True),
    ),
    "two accounts, a third joins": (
        timeline(
            mark(0, "1000", B={"USDT": "1000"}),
            mark(12, "1100", B={"USDT": "1100"}, C={"USDT": "8000"}),
            mark(24),
        ),
        answer("200", "10.00000000", "3.33333333", "3.33", capped=True),
    ),
    "short history": (timeline(mark(4, "1000"), mark(24, "1100")), NOTHING),
    "profit taken out and a small deposit": (
        timeline(mark(0, "1000"), mark(6, "3000", "-2000"), mark(20, "1000", "0.01"), mark(24)),
        answer("2000", "200.00000000", None, "200.00"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_worked_cases_of_the_rules(name: str) -> None:
    found, expected = CASES[name]
    assert run(found) == expected


@pytest.mark.parametrize(
    ("end", "shown"), [("1010.05", "1.01"), ("989.95", "-1.01"), ("999.96", "0.00")]
)
def test_the_shown_number_is_rounded_half_away_from_zero(end: str, shown: str) -> None:
    assert run(timeline(mark(0, "1000"), mark(24, end)))["shown_pct"] == shown


def test_a_flow_at_the_start_counts_whole() -> None:
    found = run(timeline(mark(0, "1000", "500"), mark(24, "1650")))
    assert found == answer("150", "10.00000000", "10.00000000", "10.00")


def test_a_flow_at_the_end_does_not_count() -> None:
    found = run(timeline(mark(0, "1000"), mark(24, "1100", "5000")))
    assert found == answer("100", "10.00000000", "10.00000000", "10.00")


def test_the_base_may_be_90_minutes_older_and_the_window_begins_there() -> None:
    found = run(timeline(mark(-1.5, "1000"), mark(12, "1100", "1000"), mark(24, "2100")))
    assert found["mwr_pct"] == f"{100 / (1000 + 1000 * 12 / 25.5) * 100:.8f}"
    assert run(timeline(mark(-1.6, "1000"), mark(24, "1100"))) == NOTHING


def test_the_base_is_the_last_mark_at_or_before_the_start() -> None:
    found = run(timeline(mark(-1, "1000"), mark(-0.5, "2000"), mark(24, "2200")))
    assert found == answer("200", "10.00000000", "10.00000000", "10.00")


def test_a_mark_that_names_no_account_is_no_base() -> None:
    assert run(timeline(mark(0), mark(12, "500"), mark(24, "600"))) == NOTHING


def test_a_window_that_starts_at_the_floor_has_no_number() -> None:
    found = run(timeline(mark(-1, "1000"), mark(0, "0"), mark(1, "0", "500"), mark(24, "600")))
    assert (found["twr_pct"], found["shown_pct"], found["capped"]) == (None, None, False)
    assert found["pnl_usdt"] == "100"


def test_a_window_that_ends_at_the_floor_lost_everything() -> None:
    found = run(timeline(mark(0, "1000"), mark(24, "0")))
    assert found == answer("-1000", "-100.00000000", "-100.00000000", "-100.00")


def test_while_paused_price_moves_do_not_count() -> None:
    found = run(
        timeline(
            mark(0, "1000"),
            mark(6, "1000", "-999"),
            mark(12, "3", "0.5"),
            mark(18, "4", "596"),
            mark(24, "660"),
        )
    )
    assert found["twr_pct"] == f"{(4 / 3.5 * 1.1 - 1) * 100:.8f}"


def test_an_absent_account_keeps_its_holdings_and_its_flows() -> None:
    found = run(timeline(mark(0, "1000"), mark(3, None, "500"), mark(24)))
    assert found == answer("0", "0.00000000", "0.00000000", "0.00")


def test_prices_hold_until_the_assets_next_entry() -> None:
    marks = [mark(0, None, A={"BTC": "1", "ETH": "10"}), mark(24)]
    prices = [{"hour": -3, "BTC": "100", "ETH": "10"}, {"hour": 23.5, "ETH": "20"}]
    assert run(timeline(*marks, prices=prices))["pnl_usdt"] == "100"


def test_a_flow_uses_the_prices_in_force_at_its_hour() -> None:
    deposit = {"hour": 2, "flows": [{"account": "A", "asset": "BTC", "quantity": "1"}]}
    prices = [{"hour": 2, "BTC": "300"}, {"hour": 3, "BTC": "200"}]
    found = run(timeline(mark(0, "1000"), deposit, mark(24), prices=prices))
    assert found["pnl_usdt"] == "-100"


def test_an_earn_claim_counts_as_its_coin() -> None:
    marks = [mark(0, None, A={"LDBTC": "1"}), mark(24)]
    prices = [{"hour": 0, "BTC": "100"}, {"hour": 1, "BTC": "150"}]
    assert run(timeline(*marks, prices=prices))["twr_pct"] == "50.00000000"


def test_a_joining_account_is_one_flow_with_the_other_flows_of_its_mark() -> None:
    joining = mark(12, "1000", "-500", C={"USDT": "500"})
    found = run(timeline(mark(0, "1000"), joining, mark(24, "500")))
    assert found == answer("0", "0.00000000", "0.00000000", "0.00")


def test_a_flow_of_an_account_that_joins_at_its_mark_is_part_of_the_link() -> None:
    joining = mark(12, None, C={"USDT": "500"})
    joining["flows"] = [{"account": "C", "asset": "USDT", "quantity": "250"}]
    found = run(timeline(mark(0, "1000"), joining, mark(24)))
    assert found["pnl_usdt"] == "0"
    assert found["mwr_pct"] == "0.00000000"


def test_the_smallest_amount_above_the_start_makes_the_lower_number_count() -> None:
    def shown(deposit: str) -> Json:
        found = [mark(0, "1000"), mark(0.5, "1100", deposit), mark(24, str(1100 + float(deposit)))]
        return run(timeline(*found))

    assert not shown("1000")["capped"]
    assert shown("1000.00000001")["capped"]


A = {"A": {"USDT": "1"}}
REFUSED: dict[str, tuple[Any, str]] = {
    "disorder": (timeline(mark(0, "1"), mark(6, "1"), mark(3, "1"), hours=3), "marks[2]"),
    "same hour twice": (timeline(mark(0, "1"), mark(24, "1"), mark(24, "1")), "comes twice"),
    "same hour written otherwise": (
        timeline(mark(0, "1"), mark(24, "1"), mark(24.0, "1")),
        "twice",
    ),
    "negative holding": (timeline(mark(0, "-1"), mark(24)), "marks[0] (hour 0) account 'A'"),
    "more taken than held": (timeline(mark(0, "1", "-1.5"), mark(24)), "leave -0.5 USDT"),
    "unknown account": (
        timeline(
            {"hour": 0, "flows": [{"account": "B", "asset": "USDT", "quantity": "1"}]}, mark(24)
        ),
        "marks[0] (hour 0) flows[0]: unknown account 'B'",
    ),
    "no price": (timeline(mark(0, None, A={"BTC": "1"}), mark(24)), "BTC has no price"),
    "price too late": (
        timeline(mark(0, None, A={"BTC": "1"}), mark(24), prices=[{"hour": 1, "BTC": "5"}]),
        "marks[0] (hour 0): BTC has no price",
    ),
    "exponent": (timeline(mark(0, "1e3"), mark(24)), "'1e3'"),
    "float amount": (timeline(mark(0, None, A={"USDT": 1.5}), mark(24)), "plain decimal"),
    "whole number amount": (timeline(mark(0, None, A={"USDT": 1}), mark(24)), "plain decimal"),
    "amount of nothing": (timeline(mark(0, ""), mark(24)), "plain decimal"),
    "too many digits": (timeline(mark(0, "1" * 31), mark(24)), "more than 30 digits"),
    "plus sign": (timeline(mark(0, "+1"), mark(24)), "plain decimal"),
    "other digits": (timeline(mark(0, "١"), mark(24)), "plain decimal"),
    "not ending at the window": (timeline(mark(0, "1"), mark(23, "1"), hours=24), "window_hours"),
    "no marks": ({"window_hours": 24, "marks": []}, "window_hours"),
    "window of 0": (timeline(mark(0, "1"), hours=0), "not above 0"),
    "window as text": ({"window_hours": "24", "marks": []}, "window_hours"),
    "window true": ({"window_hours": True, "marks": []}, "window_hours"),
    "unknown key": ({"window_hours": 24, "marks": [], "note": 1}, "unknown key 'note'"),
    "unknown key of a mark": (timeline({"hour": 0, "holdings": A}, mark(24)), "'holdings'"),
    "unknown key of a flow": (
        timeline(
            {
                "hour": 0,
                "accounts": A,
                "flows": [{"account": "A", "asset": "USDT", "quantity": "1", "kind": "x"}],
            },
            mark(24),
        ),
        "unknown key 'kind'",
    ),
    "missing quantity": (
        timeline(
            {"hour": 0, "accounts": A, "flows": [{"account": "A", "asset": "USDT"}]}, mark(24)
        ),
        "quantity is missing",
    ),
    "missing hour": ({"window_hours": 24, "marks": [{"accounts": A}]}, "hour is missing"),
    "hour as text": (timeline({"hour": "0", "accounts": A}, mark(24)), "marks[0] hour"),
    "accounts as a list": (timeline({"hour": 0, "accounts": []}, mark(24)), "is no object"),
    "flows as an object": (timeline({"hour": 0, "flows": {}}, mark(24)), "is no list"),
    "marks as an object": ({"window_hours": 24, "marks": {}}, "marks: is no list"),
    "a list": ([], "the file: is no object"),
    "prices in disorder": (
        timeline(mark(0, "1"), mark(24), prices=[{"hour": 1, "B": "1"}, {"hour": 0, "B": "1"}]),
        "prices[1]",
    ),
    "prices of one hour twice": (
        timeline(mark(0, "1"), mark(24), prices=[{"hour": 1, "B": "1"}, {"hour": 1, "B": "2"}]),
        "comes twice",
    ),
    "price of 0": (timeline(mark(0, "1"), mark(24), prices=[{"hour": 0, "B": "0"}]), "not above 0"),
    "price of USDT": (timeline(mark(0, "1"), mark(24), prices=[{"hour": 0, "USDT": "2"}]), "USDT"),
    "price without an hour": (timeline(mark(0, "1"), mark(24), prices=[{"B": "1"}]), "prices[0]"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused_by_name(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, reason = REFUSED[name]
    file = tmp_path / "timeline.json"
    file.write_text(json.dumps(found), encoding="utf-8")
    assert main([str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert reason in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"window_hours": NaN, "marks": []}',
        b'{"window_hours": 1e999999999, "marks": []}',
        b'{"window_hours": ' + b"9" * 5000 + b', "marks": []}',
        b'{"window_hours": 24, "window_hours": 24, "marks": []}',
    ],
)
def test_an_unreadable_file_is_refused(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "timeline.json"
    file.write_bytes(content)
    assert main([str(file)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_missing_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["/nowhere/timeline.json"]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_one_file_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_as_a_command_it_prints_one_json_object(tmp_path: Path) -> None:
    file = tmp_path / "timeline.json"
    found, expected = CASES["deposit in the middle"]
    file.write_text(json.dumps(found))
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.replay", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    assert json.loads(done.stdout) == expected


def _path(values: list[int], flows: dict[int, int], scale: str) -> Json:
    """Hourly marks in whole USDT with flows in per mille of the value, all times `scale`."""

    def text(amount: Decimal) -> str:
        return plain(amount * Decimal(scale))

    marks = []
    moved = Decimal(1)
    for hour, value in enumerate(values):
        now = (moved * value).quantize(Decimal("0.01"))
        flow = (now * flows.get(hour, 0) / 1000).quantize(Decimal("0.01"))
        marks.append(mark(hour, text(now), *([text(flow)] if flow else [])))
        moved = (now + flow) / value
    return timeline(*marks)


paths = st.lists(st.integers(300, 3000), min_size=4, max_size=12)
changes = st.dictionaries(st.integers(0, 10), st.integers(-500, 4000), max_size=4)


@settings(max_examples=60)
@given(paths, changes, st.sampled_from(["0.1", "0.5", "3", "7.77", "250", "1000"]))
def test_multiplying_every_amount_changes_no_shown_number(
    values: list[int], flows: dict[int, int], scale: str
) -> None:
    plainly, scaled = run(_path(values, flows, "1")), run(_path(values, flows, scale))
    assert {**plainly, "pnl_usdt": None} == {**scaled, "pnl_usdt": None}


@settings(max_examples=60)
@given(paths, changes)
def test_a_flow_at_any_moment_changes_no_twr(values: list[int], flows: dict[int, int]) -> None:
    exact = [value * 1000 for value in values]
    with_flows, without = _exact(exact, flows), _exact(exact, {})
    assert with_flows["twr_pct"] == without["twr_pct"]


def _exact(values: list[int], flows: dict[int, int]) -> Json:
    """The same returns with flows, each a whole multiple of what is held: nothing is rounded."""
    marks, moved = [], 1
    for hour, value in enumerate(values):
        more = flows.get(hour, 0) % 5
        marks.append(mark(hour, str(value * moved), *([str(value * moved * more)] if more else [])))
        moved *= 1 + more
    return run(timeline(*marks))


@settings(max_examples=60)
@given(paths, changes)
def test_the_shown_number_never_exceeds_twr(values: list[int], flows: dict[int, int]) -> None:
    found = run(_path(values, flows, "1"))
    twr = shown_percent(Decimal(found["twr_pct"]))
    assert Decimal(found["shown_pct"]) <= twr
    assert found["capped"] == (Decimal(found["shown_pct"]) < twr)
