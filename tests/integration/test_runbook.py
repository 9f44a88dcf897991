"""The runbook keeps to what is there: its commands, its anchors, its arithmetic; and what can be
said to a league of this process is said."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.switches import Switch
from chalicelib.domain.windows import run_of
from chalicelib.entrypoints.operate import main, parser
from chalicelib.services.metric_ports import UNITS
from tests.contract.conftest import REGION
from tests.operated_league import (
    FIRST,
    OperatedLeague,
    all_items,
    aws_in_process,
    league_of_one,
)

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text()
BUDGET = json.loads((ROOT / "tests/bench/budget.json").read_text())
ANCHORS = (
    *("hour-not-ranked", "dead-letters", "stream-gap", "accounts-not-fresh", "weight-budget"),
    *("server-errors", "key-deletion", "cost"),
)
_BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_COST = re.compile(r"^\| (.+?) \| `(.+?)` \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)
_SIZES = (100, 1_000, 100_000)


def commands() -> list[str]:
    return [
        line.strip()
        for _, block in _BLOCK.findall(PAGE)
        for line in block.splitlines()
        if line.strip()
    ]


def said(program: str) -> list[str]:
    return list(dict.fromkeys(each for each in commands() if each.split()[0] == program))


def heading_anchors() -> set[str]:
    texts = _HEADING.findall(PAGE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in texts}


def test_there_is_a_section_for_each_alarm() -> None:
    assert set(ANCHORS) <= heading_anchors()


@pytest.mark.parametrize("anchor", ANCHORS)
def test_an_alarms_section_has_three_commands_first_and_says_when_to_stop(anchor: str) -> None:
    text = PAGE[PAGE.index(f"### {anchor}\n") :].partition("\n### ")[0].partition("\n## ")[0]
    _, first = _BLOCK.findall(text)[0]
    assert len(first.splitlines()) == 3
    assert re.search(r"\b(see|sees)\b|Traders|visitors", text)
    assert "\nStop when" in text


def test_links_within_the_page_lead_somewhere() -> None:
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= heading_anchors()


def test_links_to_other_pages_lead_somewhere() -> None:
    named = set(re.findall(r"\]\(([\w./-]+\.md)\)", PAGE))
    assert named
    assert [each for each in named if not (ROOT / "docs" / each).exists()] == []


@pytest.mark.parametrize("line", said("operate"))
def test_an_operators_command_is_one_the_command_takes(line: str) -> None:
    given = shlex.split(line)[1:]
    if given == ["--help"]:
        return
    parser().parse_args([run_of(FIRST) if each == "HOUR" else each for each in given])


@pytest.mark.parametrize("line", said("make"))
def test_a_make_target_is_there(line: str) -> None:
    target = line.split()[1]
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("line", said("aws"))
def test_a_call_of_aws_is_one_it_takes(line: str) -> None:
    _, service, name, *given = shlex.split(line)
    options = [each.removeprefix("--") for each in given if each.startswith("--")]
    if (service, name) == ("logs", "tail"):  # the command line's own
        assert set(options) <= {"since", "filter-pattern"}
        return
    client = boto3.client(service, region_name=REGION)
    operation = "".join(each.capitalize() for each in name.split("-"))
    shape = client.meta.service_model.operation_model(operation).input_shape
    known = {re.sub(r"(?<!^)(?=[A-Z])", "-", each).lower() for each in shape.members}
    assert set(options) - {"query"} <= known
    assert {
        re.sub(r"(?<!^)(?=[A-Z])", "-", each).lower() for each in shape.required_members
    } <= set(options)


def test_nothing_else_is_asked_of_a_shell() -> None:
    programs = {each.split()[0] for each in commands()}
    assert programs == {"operate", "make", "aws", "git", "alias"}


def test_every_metric_is_described() -> None:
    assert {metric.value for metric in UNITS} == set(re.findall(r"^\| `(\w+)` \|", PAGE, re.M)) - {
        each.value for each in Switch
    }


def test_every_switch_is_described() -> None:
    table = PAGE[PAGE.index("| Switch |") :].partition("\n\n")[0]
    assert re.findall(r"^\| `([\w-]+)`", table, re.MULTILINE) == [each.value for each in Switch]


class TestCost:
    ROWS = _COST.findall(PAGE)

    @pytest.mark.parametrize(("what", "arithmetic", "small", "middle", "large"), ROWS)
    def test_the_arithmetic_is_right(
        self, what: str, arithmetic: str, small: str, middle: str, large: str
    ) -> None:
        for size, stated in zip(_SIZES, (small, middle, large), strict=True):
            cost = eval(arithmetic, {"__builtins__": {}}, {"n": size, "max": max})
            assert f"{cost:.2f}" == stated, what

    def test_the_sum_is_right(self) -> None:
        sums = re.search(r"\| \*\*sum\*\* \| \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", PAGE)
        assert sums is not None
        for place, stated in enumerate(sums.groups()):
            assert sum(round(100 * float(row[2 + place])) for row in self.ROWS) == round(
                100 * float(stated)
            )

    def test_the_units_are_the_limits_that_are_measured(self) -> None:
        by_row = {row[0]: row[1] for row in self.ROWS}
        for start, figure in (
            ("hours: write", "hour.write_units"),
            ("hours: write", "hour.write_units_per_trader"),
            ("hours: read", "hour.read_units"),
            ("hours: read", "hour.read_units_per_trader"),
            ("fills: 2", "fill.write_units"),
            ("further slots", "further_slot_hour.write_units"),
            ("answers: 16", "profile.read_units"),
            ("stored", "trader_hour.bytes"),
        ):
            [arithmetic] = [each for what, each in by_row.items() if what.startswith(start)]
            numbers = {float(each) for each in re.findall(r"[\d.]+(?:e-?\d+)?", arithmetic)}
            assert BUDGET[figure]["limit"] in numbers, figure

    def test_what_stands_is_the_sum_of_the_deployment_page(self) -> None:
        page = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
        assert f"| **sum** | | **{self.ROWS[0][2]}** |" in page


@pytest.fixture(scope="module")
def league() -> Iterator[OperatedLeague]:
    with aws_in_process(), league_of_one() as made:
        made.send_dead("events", "rubbish")
        yield made


def test_every_command_can_be_said_to_a_league_one_after_the_other(
    league: OperatedLeague, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """In the order of the page, so that what one needs was done before."""
    copies = Tables("", REGION)
    backup = all_items()
    for table in ("ledger", "accounts", "traders", "history", "jobs"):
        copies.create(f"{table}-restored")
        copies.put_each(f"{table}-restored", backup[table])
    words = {"NAME": "Ada", "ACCOUNT": "ACCOUNT-Ada", "HOUR": run_of(FIRST)}
    words["FILE"] = str(tmp_path / "letters")
    lines = [each for each in said("operate") if "--help" not in each]
    assert len(lines) > 30
    for line in lines:
        code = main([words.get(each, each) for each in shlex.split(line)[1:]])
        assert code == 0, (line, capsys.readouterr().err)
        while league.runner.drain("work"):
            pass
