"""Each alarm rings on one topic, on a figure that somebody writes, and names its section."""

import re

import pytest

from chalicelib.adapters.emf import NAMESPACE
from chalicelib.services.metric_ports import Metric
from infra.template import ROOT, Document

SECTIONS = {
    "hour-not-ranked",
    "dead-letters",
    "stream-gap",
    "accounts-not-fresh",
    "weight-budget",
    "server-errors",
    "key-deletion",
}
TOPIC = [{"Ref": "Alarms"}]


@pytest.fixture
def alarms(template: Document) -> dict[str, Document]:
    found = template["Resources"].items()
    return {n: r["Properties"] for n, r in found if r["Type"] == "AWS::CloudWatch::Alarm"}


def test_every_alarm_rings_on_the_one_topic(alarms: dict[str, Document]) -> None:
    assert {str(each["AlarmActions"]) for each in alarms.values()} == {str(TOPIC)}


def test_every_promised_alarm_is_there(alarms: dict[str, Document]) -> None:
    named = {each["AlarmDescription"]["Fn::Sub"].rpartition("#")[2] for each in alarms.values()}
    assert named == SECTIONS


def test_the_cost_rings_on_the_same_topic(template: Document) -> None:
    budget = template["Resources"]["Budget"]["Properties"]
    assert budget["Budget"]["BudgetName"]["Fn::Sub"].endswith(" docs/runbook.md#cost")
    for each in budget["NotificationsWithSubscribers"]:
        assert [s["Address"] for s in each["Subscribers"]] == [{"Ref": "Alarms"}]


def test_our_own_figures_are_written_by_that_name(alarms: dict[str, Document]) -> None:
    ours = [each for each in alarms.values() if each["Namespace"] == NAMESPACE]
    assert {each["MetricName"] for each in ours} <= {each.value for each in Metric}
    assert {str(each["Dimensions"]) for each in ours} == {
        str([{"Name": "stage", "Value": {"Ref": "Stage"}}])
    }
    assert len(ours) == 5


def test_the_dashboard_shows_every_figure_of_ours_that_is_no_alarm_alone(
    template: Document,
) -> None:
    body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    missing = {each.value for each in Metric if f'"{each.value}"' not in body}
    assert missing == {"HourNotRanked"}
    assert re.search(r'"stage", "\$\{Stage\}"', body)


@pytest.mark.parametrize("section", sorted(SECTIONS | {"cost"}))
def test_the_runbook_has_the_section(section: str) -> None:
    page = (ROOT / "docs" / "runbook.md").read_text()
    headings = re.findall(r"^#+ +(.+)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in headings}
    assert section in anchors
