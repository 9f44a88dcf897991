"""Handing on a link, and the operator's banner, in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.fake_league import FakeLeague
from tests.frontend.shots import BANNER

Visit = Callable[[str], Page]
TRADER = "/t/quiet_harbour"


def test_the_button_copies_a_link_that_leads_to_the_profile(
    visit: Visit, page: Page, site: str
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    visit(TRADER)
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_text("Link copied")).to_be_visible()
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert link == f"{site}/s/quiet_harbour"
    visit("/s/quiet_harbour")
    page.wait_for_url(f"**{TRADER}")
    expect(page.get_by_role("heading", name="quiet_harbour", exact=True)).to_be_visible()


def test_a_refused_clipboard_leaves_the_link_to_read(visit: Visit, page: Page, site: str) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    visit(TRADER)
    page.get_by_role("button", name="Share").click()
    expect(page.locator(".shared")).to_have_text(f"{site}/s/quiet_harbour")


@pytest.mark.parametrize("path", ["/", TRADER, "/how", "/compare", "/sign-in"])
def test_the_operators_banner_is_on_every_page_until_it_is_hidden(
    visit: Visit, league: FakeLeague, path: str
) -> None:
    league.banner = BANNER
    page = visit(path)
    expect(page.get_by_text(BANNER)).to_be_visible()
    page.locator("#banner").get_by_role("button", name="Got it, hide this").click()
    expect(page.get_by_text(BANNER)).to_have_count(0)
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text(BANNER)).to_have_count(0)


def test_a_banner_appears_and_goes_without_a_reload(visit: Visit, league: FakeLeague) -> None:
    page = visit("/how")
    page.wait_for_load_state("networkidle")
    league.banner = "<b>Now</b>"
    page.clock.run_for(61_000)
    expect(page.get_by_text("<b>Now</b>")).to_be_visible()
    league.banner = None
    page.clock.run_for(61_000)
    expect(page.locator("#banner")).to_have_count(0)
