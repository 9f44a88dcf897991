"""Traders beside each other in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from chalicelib.domain.reading import Status
from tests.frontend.fake_league import FakeLeague

Visit = Callable[[str], Page]
TWO = "/compare?t=quiet_harbour&t=north_finch"


def drawn(page: Page) -> Page:
    page.locator(".canvas canvas").wait_for()
    return page


def test_two_lines_are_drawn_said_and_listed(visit: Visit) -> None:
    page = drawn(visit(TWO))
    said = page.locator(".compared-lines figcaption")
    expect(said).to_have_text(
        "From 24 Oct 2026 to 23 Nov 2026: quiet_harbour +26.19 %, north_finch −10.40 %, "
        "Bitcoin +2.30 %."
    )
    assert page.locator(".canvas").get_attribute("aria-label") == said.inner_text()
    page.get_by_text("Show as table").click()
    expect(page.locator(".as-table tbody tr")).to_have_count(31)
    expect(page.locator(".as-table thead")).to_contain_text("north_finch")


def test_their_public_numbers_stand_beside_each_other(visit: Visit) -> None:
    page = drawn(visit(TWO))
    row = page.get_by_role("row", name="Max drawdown, 30 d")
    expect(row.get_by_role("cell")).to_have_text(["12.31 %", "12.31 %"])
    assert page.get_by_role("button", name="How is this computed").count() >= 8
    assert "USDT" not in page.locator(".beside tbody td").all_inner_texts()


def test_each_line_has_a_number_and_dashes_of_its_own(visit: Visit) -> None:
    page = drawn(visit(f"{TWO}&t=amber_otter&t=blue_comet"))
    samples = page.locator(".compared .sample line")
    dashes = {each.get_attribute("stroke-dasharray") for each in samples.all()}
    assert len(dashes) == 4
    assert page.locator(".compared .sample text").all_text_contents() == ["1", "2", "3", "4"]


def test_they_are_compared_from_the_first_day_that_all_have(
    visit: Visit, league: FakeLeague
) -> None:
    page = drawn(visit("/compare?t=quiet_harbour&t=late_maple"))
    expect(page.locator(".compared-lines figcaption")).to_contain_text(
        "From 12 Nov 2026 to 23 Nov 2026: quiet_harbour"
    )
    expect(page.locator(".compared-lines figcaption")).to_contain_text(
        "on which all of them have a number in the league (12 Nov 2026)."
    )
    assert "/traders/quiet_harbour/performance?from=2026-11-12&to=2026-11-23" in league.asked


def test_without_a_day_in_common_it_says_so(visit: Visit) -> None:
    page = visit("/compare?t=quiet_harbour&t=late_maple&from=2026-11-01&to=2026-11-08")
    expect(page.get_by_text("There is no day that all of them have.")).to_be_visible()


def test_traders_are_found_added_and_taken_off_in_the_address(visit: Visit) -> None:
    page = visit("/compare")
    expect(page.get_by_text("Choose two to four traders.")).to_be_visible()
    page.locator(".offered a").first.click()
    expect(page.get_by_text("One more makes it a comparison.")).to_be_visible()
    page.get_by_label("Add a trader").fill("a_name")
    page.clock.run_for(300)
    expect(page.locator(".offered li")).to_have_count(1)
    page.locator(".offered a").click()
    page.wait_for_url("**&t=a_name_as_long_as_names_can_be")
    expect(page.locator(".compared li")).to_have_count(2)
    page.get_by_role("link", name="Take a_name_as_long_as_names_can_be off").click()
    expect(page.locator(".compared li")).to_have_count(1)
    page.go_back()
    expect(page.locator(".compared li")).to_have_count(2)
    drawn(page)


def test_four_are_the_most_and_each_counts_once(visit: Visit) -> None:
    page = visit("/compare?" + "&".join(f"t={name}" for name in ("a1a", "A1A", *"bcdef")))
    expect(page.locator(".compared li:not(.why)")).to_have_count(4)
    expect(page.get_by_label("Add a trader")).to_have_count(0)


def test_who_cannot_be_seen_is_said_and_the_others_are_drawn(visit: Visit) -> None:
    page = drawn(visit("/compare?t=quiet_harbour&t=nobody_here"))
    expect(page.get_by_role("button", name="There is no such trader.")).to_be_visible()
    expect(page.locator(".compared .why")).to_contain_text("chose not to be listed")
    expect(page.locator(".beside thead th")).to_have_count(1)


def test_who_has_left_is_said(visit: Visit, league: FakeLeague) -> None:
    league.status = Status.RETIRED
    page = drawn(visit(TWO))
    expect(page.get_by_role("button", name="left the league")).to_have_count(2)


def test_days_stand_in_the_address_with_the_names(visit: Visit) -> None:
    page = drawn(visit(TWO))
    page.get_by_role("link", name="7 days").click()
    page.wait_for_url(f"**{TWO}&from=2026-11-16&to=2026-11-23")
    expect(page.locator(".compared-lines figcaption")).to_contain_text("From 16 Nov 2026")


def test_a_failure_can_be_tried_again(visit: Visit, league: FakeLeague) -> None:
    league.broken.add("/traders")
    page = visit(TWO)
    expect(page.get_by_text("The league does not answer just now.")).to_be_visible()
    league.broken.clear()
    page.get_by_role("button", name="Try again").click()
    drawn(page)


def test_offline_keeps_what_was_loaded(visit: Visit) -> None:
    page = drawn(visit(TWO))
    page.context.set_offline(True)
    page.clock.run_for(61_000)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    expect(page.locator(".compared .num")).to_have_text(["+26.19 %", "−10.40 %"])
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline.")).to_have_count(0)


def test_while_loading_its_shape_is_there(visit: Visit, page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/api/traders/**", lambda route: waiting.append(route))
    visit(TWO)
    expect(page.locator(".compared li")).to_have_count(2)
    expect(page.locator(".beside[aria-busy=true]")).to_be_visible()
    for each in waiting:
        each.continue_()
    page.unroute("**/api/traders/**")
    drawn(page)


@pytest.mark.parametrize(("path", "link"), [("/t/quiet_harbour", "?t=quiet_harbour"), ("/", "")])
def test_board_and_profile_lead_to_it(visit: Visit, path: str, link: str) -> None:
    page = visit(path)
    page.get_by_role("main").get_by_role("link", name="Compare", exact=True).click()
    page.wait_for_url(f"**/compare{link}")
    page.locator(".offered a").first.wait_for()
