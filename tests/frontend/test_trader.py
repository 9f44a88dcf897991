"""A profile in a browser, as a visitor sees it."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from chalicelib.domain.reading import Status
from tests.frontend.fake_league import MARKUP, FakeLeague

Visit = Callable[[str], Page]
TRADER = "/t/quiet_harbour"


def test_a_profile_shows_returns_coins_risk_and_trades(visit: Visit) -> None:
    page = visit(TRADER)
    expect(page.get_by_role("heading", name="quiet_harbour", exact=True)).to_be_visible()
    expect(page.locator(".tile").first).to_contain_text("+2.18 %rank 14 · drawdown 1.02 %")
    expect(page.get_by_role("button", name="limited: large deposit")).to_be_visible()
    expect(page.get_by_role("row", name="SOL trading halted")).to_contain_text("+5.66 %")
    expect(page.get_by_role("button", name="no longer listed")).to_be_visible()
    expect(page.locator(".pairs")).to_contain_text("Sortino ratio")
    expect(page.locator(".trades tbody tr")).to_have_count(50)
    expect(page.locator(".trades time").first).to_have_text("23 Nov 07:00–08:00 (08:00 yours)")
    assert page.title() == "quiet_harbour – CoinMarketLeague"


def test_a_name_like_markup_is_text(visit: Visit) -> None:
    page = visit(f"/t/{quote(MARKUP)}")
    expect(page.get_by_role("heading", name=MARKUP, exact=True)).to_be_visible()
    page.locator(".canvas canvas").wait_for()
    assert page.locator("main img").count() == 0


def test_the_line_is_drawn_said_and_listed(visit: Visit) -> None:
    page = visit(TRADER)
    page.locator(".canvas canvas").wait_for()
    said = "From 16 Nov 2026 to 23 Nov 2026: quiet_harbour +3.48 %, Bitcoin −1.18 %."
    expect(page.locator(".line figcaption")).to_have_text(said)
    expect(page.locator(".canvas")).to_have_attribute("aria-label", said)
    page.get_by_text("Show as table").click()
    expect(page.locator(".as-table tbody tr")).to_have_count(8)


def test_days_are_chosen_by_preset_and_stand_in_the_address(visit: Visit) -> None:
    page = visit(TRADER)
    page.get_by_role("link", name="30 days").click()
    page.wait_for_url("**?from=2026-10-24&to=2026-11-23")
    expect(page.locator(".line figcaption")).to_contain_text("From 24 Oct 2026")
    expect(page.get_by_role("link", name="30 days")).to_have_attribute("aria-current", "true")
    page.go_back()
    expect(page.locator(".line figcaption")).to_contain_text("From 16 Nov 2026")
    expect(page.get_by_label("First day (UTC)")).to_have_value("2026-11-16")


def test_days_are_chosen_freely_and_wrong_ones_are_said_at_the_field(visit: Visit) -> None:
    page = visit(TRADER)
    page.get_by_label("First day (UTC)").fill("2026-11-30")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("The first day must not be after the last.")
    page.get_by_label("First day (UTC)").fill("2024-01-01")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("Choose at most 366 days.")
    page.get_by_label("First day (UTC)").fill("2026-11-20")
    page.get_by_label("Last day (UTC)").fill("2026-11-21")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**?from=2026-11-20&to=2026-11-21")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_trades_are_paged(visit: Visit) -> None:
    page = visit(TRADER)
    first = page.locator(".trades time").first
    expect(first).to_contain_text("23 Nov 07:00")
    page.get_by_role("button", name="Older").click()
    expect(first).to_have_text("21 Nov")
    page.get_by_role("button", name="Newer").click()
    expect(first).to_contain_text("23 Nov 07:00")


def test_every_figure_opens_its_rule(visit: Visit) -> None:
    page = visit(TRADER)
    page.locator(".trades").wait_for()
    buttons = page.get_by_role("button", name="How is this computed")
    assert buttons.count() >= 14
    for each in buttons.all():
        each.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")


def test_nothing_private_is_asked_or_shown(visit: Visit, league: FakeLeague) -> None:
    page = visit(TRADER)
    page.locator(".trades").wait_for()
    assert not [path for path in league.asked if "/me" in path or "transactions" in path]
    assert "USDT" not in page.locator(".tiles").inner_text()


def test_days_before_joining_are_told_apart(visit: Visit, league: FakeLeague) -> None:
    league.imported = True
    page = visit(TRADER)
    expect(page.get_by_role("button", name="before joining")).to_be_visible()
    page.get_by_text("Show as table").click()
    expect(page.locator(".as-table .own")).to_have_count(4)


def test_while_loading_its_shape_is_there(visit: Visit, page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/api/**", lambda route: waiting.append(route))
    visit(TRADER)
    expect(page.locator(".tiles[aria-busy=true]")).to_be_visible()
    expect(page.get_by_role("heading", name="quiet_harbour", exact=True)).to_be_visible()
    for each in waiting:
        each.continue_()
    page.unroute("**/api/**")
    expect(page.locator(".tiles[aria-busy=false]")).to_be_visible()


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        ({}, "/t/nobody_here", "There is no such trader."),
        ({"broken": {"/traders"}}, TRADER, "The league does not answer just now."),
        ({"hides": True}, TRADER, "Trades are not shown."),
        ({"hides": True}, TRADER, "Not shown."),
        ({"new": True}, TRADER, "There is no line to draw yet."),
        ({"new": True}, TRADER, "No trades in these days."),
        ({"status": Status.RETIRED}, TRADER, "left the league"),
        ({"status": Status.STALE}, TRADER, "old data"),
    ],
)
def test_each_unusual_state_is_said(
    visit: Visit, league: FakeLeague, change: dict[str, object], path: str, said: str
) -> None:
    league.__dict__.update(change)
    expect(visit(path).get_by_text(said, exact=True).first).to_be_visible()


def test_a_failure_can_be_tried_again(visit: Visit, league: FakeLeague) -> None:
    league.broken.add("/traders")
    page = visit(TRADER)
    page.get_by_text("The league does not answer just now.").first.wait_for()
    league.broken.clear()
    page.get_by_role("button", name="Try again").first.click()
    expect(page.locator(".tile").first).to_contain_text("+2.18 %")


def test_offline_keeps_what_was_loaded(visit: Visit) -> None:
    page = visit(TRADER)
    page.locator(".trades").wait_for()
    page.context.set_offline(True)
    page.clock.run_for(61_000)
    expect(page.get_by_text("You are offline.").first).to_be_visible()
    expect(page.locator(".tile").first).to_contain_text("+2.18 %")
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline.")).to_have_count(0)
