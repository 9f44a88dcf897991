"""The board in a browser: what it shows, and that the address tells it all."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from chalicelib.domain.exchange_condition import Condition
from tests.frontend.fake_league import MARKUP, NINE, PAGE, FakeLeague

Visit = Callable[[str], Page]


def rows(page: Page) -> int:
    page.locator(".board[aria-busy=false]").wait_for()
    return page.locator(".board tbody tr").count()


def test_the_board_shows_its_hour_the_league_and_fifty_traders(visit: Visit) -> None:
    page = visit("/")
    assert rows(page) == PAGE
    expect(page.locator(".refreshed")).to_contain_text("Refreshed 09:00 UTC (10:00 your time)")
    expect(page.locator(".refreshed")).to_contain_text("next in 48 min")
    expect(page.locator(".summary")).to_contain_text("Joined173Active161Left")
    expect(page.locator("th.chosen")).to_have_attribute("aria-sort", "descending")


def test_a_name_like_markup_is_text(visit: Visit) -> None:
    page = visit("/")
    expect(page.get_by_role("link", name=MARKUP, exact=True)).to_be_visible()
    assert page.locator("main img").count() == 0


def test_the_window_stands_in_the_address_and_back_goes_back(visit: Visit) -> None:
    page = visit("/")
    rows(page)
    page.locator("thead").get_by_role("link", name="7 d").click()
    expect(page.locator(".board[data-window='7d'][aria-busy=false]")).to_be_visible()
    assert page.url.endswith("/?window=7d")
    page.go_back()
    expect(page.locator(".board[data-window='24h'][aria-busy=false]")).to_be_visible()
    page.go_forward()
    page.reload()
    expect(page.locator(".board[data-window='7d'][aria-busy=false]")).to_be_visible()


def test_search_finds_by_the_start_and_stands_in_the_address(visit: Visit) -> None:
    page = visit("/")
    rows(page)
    page.keyboard.press("/")
    page.keyboard.type("a_name")
    page.clock.run_for(300)
    expect(page.locator(".board tbody tr")).to_have_count(1)
    assert page.url.endswith("/?window=24h&q=a_name")
    page.get_by_label("Find a trader").fill("zzz")
    page.clock.run_for(300)
    expect(page.get_by_text("No name begins with these letters.")).to_be_visible()
    page.get_by_role("link", name="Show all traders").click()
    expect(page.locator(".board tbody tr")).to_have_count(PAGE)
    expect(page.get_by_label("Find a trader")).to_have_value("")


def test_pages_follow_the_cursor_to_the_end_and_back(visit: Visit) -> None:
    page = visit("/?window=30d")
    rows(page)
    for start in (50, 100, 150):
        page.get_by_role("link", name="Next 50").click()
        page.wait_for_url(f"**/?window=30d&cursor={start}")
        rows(page)  # until they are there, the link leads to this same page
    expect(page.locator(".board tbody tr")).to_have_count(23)
    expect(page.get_by_role("link", name="Next 50")).to_have_count(0)
    expect(page.get_by_role("button", name="left the league").first).to_be_visible()
    page.get_by_role("button", name="Back").click()
    page.wait_for_url("**/?window=30d&cursor=100")
    page.get_by_role("link", name="First page").click()
    page.wait_for_url("**/?window=30d")


def test_the_next_hour_appears_by_itself(visit: Visit, league: FakeLeague) -> None:
    page = visit("/")
    rows(page)
    league.as_of = NINE.replace(hour=10)
    page.clock.fast_forward("47:30")
    page.clock.run_for(20_000)
    expect(page.locator(".refreshed")).to_contain_text("Refreshed 10:00 UTC")


def test_flags_and_figures_explain_themselves_by_keyboard(visit: Visit) -> None:
    page = visit("/")
    rows(page)
    page.get_by_role("button", name="limited: large deposit").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("More money was paid in")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="How is this computed: Return, 24 h").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("deposits taken out")


def test_keyboard_alone_reaches_a_trader(visit: Visit) -> None:
    page = visit("/")
    rows(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.className") == "name":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/t/*")


def test_the_introduction_stays_away_once_read(visit: Visit) -> None:
    page = visit("/")
    expect(page.get_by_role("heading", name="Who trades best?")).to_be_visible()
    page.get_by_role("button", name="Got it").click()
    expect(page.locator(".welcome")).to_be_hidden()
    page.reload()
    expect(page.locator(".welcome")).to_be_hidden()


def test_the_chosen_colours_stay(visit: Visit) -> None:
    page = visit("/")
    page.get_by_role("button", name="Change colours").click()
    page.reload()
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"


def test_while_loading_its_shape_is_there(visit: Visit, page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/api/board?*", lambda route: waiting.append(route))
    visit("/")
    expect(page.locator(".board[aria-busy=true] .skeleton").first).to_be_visible()
    expect(page.locator(".board caption")).to_have_text("The board is being loaded")
    waiting[0].continue_()
    assert rows(page) == PAGE


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        ({"as_of": None, "traders": 0}, "/", "The first hour has not closed yet."),
        ({"traders": 0}, "/", "Nobody is on the board yet."),
        ({}, "/?cursor=200", "There are no more traders on this board."),
        ({"replaced": True}, "/?cursor=50", "There is a newer board."),
        ({"as_of": NINE.replace(hour=6)}, "/", "These numbers are late."),
        ({"as_of": NINE.replace(hour=6)}, "/", "data 3 h old"),
        ({"exchange": Condition.MAINTENANCE}, "/", "Binance is under maintenance since"),
        ({"banner": "We move <b>tonight</b>."}, "/", "We move <b>tonight</b>."),
    ],
)
def test_each_unusual_state_is_said(
    visit: Visit, league: FakeLeague, change: dict[str, object], path: str, said: str
) -> None:
    league.__dict__.update(change)
    expect(visit(path).get_by_text(said)).to_be_visible()


def test_a_replaced_board_leads_to_its_first_page(visit: Visit, league: FakeLeague) -> None:
    page = visit("/?window=7d")
    rows(page)
    league.replaced = True
    page.get_by_role("link", name="Next 50").click()
    expect(page.get_by_text("There is a newer board.")).to_be_visible()
    page.get_by_role("link", name="Go to the first page").click()
    page.wait_for_url("**/?window=7d")
    assert rows(page) == PAGE


def test_a_failure_can_be_tried_again(visit: Visit, league: FakeLeague) -> None:
    league.broken.add("/board")
    page = visit("/")
    expect(page.get_by_text("The league does not answer just now.")).to_be_visible()
    league.broken.clear()
    page.get_by_role("button", name="Try again").click()
    assert rows(page) == PAGE


def test_offline_keeps_what_was_loaded_and_renews_when_back(visit: Visit) -> None:
    page = visit("/")
    rows(page)
    page.context.set_offline(True)
    page.clock.run_for(61_000)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    assert rows(page) == PAGE
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline.")).to_have_count(0)
