"""Who is signed in, in a browser: the header, the one call that asks, and several tabs."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.fake_league import FakeLeague
from tests.frontend.fake_session import NAME

Visit = Callable[[str], Page]
REFRESH = "/session/refresh"


def is_signed_in(page: Page) -> None:
    expect(page.get_by_role("button", name=f"{NAME}: your menu")).to_be_visible()


def test_a_visitor_makes_no_call_about_sessions(visit: Visit, league: FakeLeague) -> None:
    page = visit("/")
    page.locator(".board .name").first.wait_for()
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Sign up", exact=True)).to_be_visible()
    assert [path for path in league.asked if path.startswith(("/session", "/me"))] == []


@pytest.mark.usefixtures("member")
def test_a_member_is_known_by_one_call_beside_the_public_ones(
    visit: Visit, league: FakeLeague
) -> None:
    page = visit("/")
    page.locator(".board .name").first.wait_for()
    is_signed_in(page)
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_hidden()
    assert league.asked.count(REFRESH) == 1
    kept = page.evaluate("() => JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert "token-" not in kept
    assert "cookie-" not in kept


@pytest.mark.usefixtures("member")
def test_the_menu_leads_on_and_signs_out(visit: Visit, league: FakeLeague) -> None:
    page = visit("/how")
    page.get_by_role("button", name=f"{NAME}: your menu").press("Enter")
    expect(page.get_by_role("link", name="My profile")).to_have_attribute("href", f"/t/{NAME}")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()
    assert league.members.cookies == {}


@pytest.mark.usefixtures("member")
def test_a_session_that_is_over_is_forgotten_quietly(visit: Visit, league: FakeLeague) -> None:
    league.members.end_all()
    page = visit("/")
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()
    page.locator(".board .name").first.wait_for()
    asked = league.asked.count(REFRESH)
    page.reload()
    page.locator(".board .name").first.wait_for()
    assert league.asked.count(REFRESH) == asked


@pytest.mark.usefixtures("member")
def test_a_league_that_does_not_answer_ends_no_session(visit: Visit, league: FakeLeague) -> None:
    league.broken.add(REFRESH)
    page = visit("/")
    page.locator(".board .name").first.wait_for()
    is_signed_in(page)
    league.broken.clear()
    with page.expect_response(f"**/api{REFRESH}") as answer:
        page.clock.run_for(16_000)
    assert answer.value.ok
    is_signed_in(page)


@pytest.mark.usefixtures("member")
def test_tabs_that_open_at_once_stay_signed_in(
    visit: Visit, page: Page, site: str, league: FakeLeague
) -> None:
    tabs = [page, *(page.context.new_page() for _ in range(3))]
    for tab in tabs:
        tab.evaluate("(to) => setTimeout(() => location.assign(to), 30)", f"{site}/")
    for tab in tabs:
        tab.locator(".board .name").first.wait_for()
        is_signed_in(tab)
    assert league.asked.count(REFRESH) == len(tabs)
    assert len(league.members.cookies) == 1
    visit("/")
    is_signed_in(page)


@pytest.mark.usefixtures("member")
def test_signing_out_in_one_tab_signs_out_in_all(visit: Visit, page: Page, site: str) -> None:
    other = page.context.new_page()
    other.goto(site)
    is_signed_in(other)
    visit("/")
    page.get_by_role("button", name=f"{NAME}: your menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("link", name="Sign in", exact=True)).to_be_visible()


@pytest.mark.usefixtures("member")
@pytest.mark.parametrize("width", [360, 1280])
def test_a_member_s_header_moves_nothing(visit: Visit, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.add_init_script(
        """window.moved = 0; new PerformanceObserver((list) => {
        for (const each of list.getEntries()) window.moved += each.value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    visit("/how")
    is_signed_in(page)
    assert page.evaluate("() => window.moved") <= 0.005
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
