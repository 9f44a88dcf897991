"""What the page says of costs adds up, and counts what the template has."""

import re

from chalicelib.services.metric_ports import Metric
from infra.template import ROOT, Document

PAGE = (ROOT / "docs" / "deployment.md").read_text()


def rows() -> dict[str, str]:
    """The last column of the table of costs, by the first."""
    part = PAGE.partition("| What | Arithmetic | USD |")[2].partition("\n\n")[0]
    cells = [[each.strip(" *") for each in line.split("|")[1:-1]] for line in part.splitlines()]
    return {row[0]: row[2] for row in cells if len(row) == 3 and row[0] != "---"}


def test_the_sum_is_that_of_the_rows() -> None:
    found = rows()
    total = round(100 * float(found.pop("sum")))
    assert total == sum(round(100 * float(each)) for each in found.values())
    assert len(found) > 10


def test_alarms_figures_and_keys_are_counted_right(template: Document) -> None:
    kinds = [each["Type"] for each in template["Resources"].values()]
    alarms = kinds.count("AWS::CloudWatch::Alarm")
    assert f"alarms: {alarms} with one metric each | {alarms} × 0.10 " in PAGE
    assert f"figures: {len(Metric)} metrics of our own | {len(Metric)} × 0.30 " in PAGE
    assert kinds.count("AWS::KMS::Key") == 2


def test_the_budget_leaves_room_for_the_defaults(template: Document) -> None:
    budget = template["Parameters"]["BudgetUsd"]["Default"]
    assert float(rows()["sum"]) < 0.8 * budget


def test_every_parameter_that_the_page_names_exists(template: Document) -> None:
    named = set(re.findall(r"\b([A-Z][A-Za-z]+)=", PAGE))
    beside = {"HostedZoneId"}  # of the edge stack
    assert named - beside <= template["Parameters"].keys() | {"PARAMETERS", "STAGE"}
