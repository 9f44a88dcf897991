"""Following in a browser, one's own row on the board, and the page of whom one follows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.frontend.conftest import remember
from tests.frontend.fake_league import NINE, FakeLeague
from tests.frontend.fake_own import FakeOwn
from tests.frontend.fake_session import NAME, PASSWORD
from tests.frontend.shots import settle

Visit = Callable[[str], Page]


@pytest.fixture
def own(visit: Visit, page: Page, site: str, league: FakeLeague) -> Callable[[str], Page]:
    """Opens an address as quiet_harbour."""

    def opened(path: str) -> Page:
        remember(page, site, league)
        visit(path)
        settle(page)
        return page

    return opened


def test_my_own_row_stands_first_also_when_it_is_on_another_page(
    own: Callable[[str], Page], league: FakeLeague
) -> None:
    page = own("/?window=7d")
    row = page.locator(".pinned tr")
    expect(row).to_contain_text("87▼1")
    expect(row).to_contain_text("you")
    expect(row.get_by_role("link", name=NAME)).to_be_visible()
    assert page.locator("tbody:not(.pinned) .mine").count() == 0
    page.get_by_role("link", name="Next 50").click()
    expect(page.locator("tbody:not(.pinned) .mine")).to_contain_text(NAME)
    expect(page.locator(".pinned tr")).to_contain_text("87")
    assert not [path for path in league.asked if path.startswith("/traders")]


def test_my_own_row_is_of_the_chosen_time_and_renews_itself(
    own: Callable[[str], Page], league: FakeLeague
) -> None:
    page = own("/?window=7d")
    seven = page.locator(".pinned .chosen").inner_text()
    page.locator("thead").get_by_role("link", name="30 d").click()
    expect(page.locator(".board[data-window='30d'][aria-busy=false]")).to_be_visible()
    expect(page.locator(".pinned .chosen")).not_to_have_text(seven)
    league.as_of = NINE.replace(hour=10)
    league.listed = False
    page.clock.fast_forward("47:30")
    page.clock.run_for(20_000)
    expect(page.locator(".pinned")).to_contain_text("You are not on the board.")


def test_who_is_on_no_board_is_told_how_to_get_there(
    own: Callable[[str], Page], league: FakeLeague
) -> None:
    league.listed = False
    link = own("/").locator(".pinned").get_by_role("link", name="Link an exchange account")
    expect(link).to_have_attribute("href", "/accounts")


def test_a_visitor_has_no_row_of_his_own(visit: Visit, league: FakeLeague) -> None:
    page = visit("/")
    settle(page)
    assert page.locator(".pinned, .mine").count() == 0
    assert not [path for path in league.asked if "/me" in path or "q=" in path]


def test_a_star_follows_at_once_and_drops_again(
    own: Callable[[str], Page], league: FakeLeague, page: Page
) -> None:
    waiting: list[Route] = []
    own("/")
    name = page.locator("tbody:not(.pinned) .name").first.inner_text()
    button = page.get_by_role("button", name=f"Follow {name}", exact=True)
    expect(button).to_have_attribute("aria-pressed", "false")
    page.route("**/api/me/follows/*", lambda route: waiting.append(route))
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert name not in league.own.follows
    waiting[0].continue_()
    page.unroute("**/api/me/follows/*")
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_a_follow_that_fails_is_taken_back_with_a_sentence(
    own: Callable[[str], Page], league: FakeLeague
) -> None:
    league.own.full = True
    page = own("/")
    name = page.locator("tbody:not(.pinned) .name").first.inner_text()
    button = page.get_by_role("button", name=f"Follow {name}", exact=True)
    button.click()
    said = page.get_by_role("alert")
    expect(said).to_contain_text(f"{name} could not be followed. You follow 200 traders, the most")
    expect(button).to_have_attribute("aria-pressed", "false")
    said.get_by_role("button", name="Close").press("Enter")
    expect(said).to_have_count(0)
    league.own.full = False
    league.broken.add("/me/follows")
    button.click()
    expect(said).to_contain_text("The league cannot answer just now.")
    expect(button).to_have_attribute("aria-pressed", "false")


def test_offline_a_follow_is_taken_back(own: Callable[[str], Page]) -> None:
    page = own("/t/amber_otter")
    page.context.set_offline(True)
    page.get_by_role("button", name="Follow amber_otter").click()
    expect(page.get_by_role("alert")).to_contain_text("could not be followed. You are offline.")
    expect(page.get_by_role("button", name="Follow amber_otter")).to_be_visible()


def test_a_session_that_ended_is_asked_for_and_the_follow_goes_on(
    own: Callable[[str], Page], league: FakeLeague
) -> None:
    page = own("/t/amber_otter")
    league.members.end_all()
    page.get_by_role("button", name="Follow amber_otter").click()
    expect(page.get_by_role("dialog")).to_contain_text("Please sign in again.")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_response("**/api/me/follows/amber_otter") as answer:
        page.get_by_role("button", name="Sign in", exact=True).click()
    assert answer.value.ok
    expect(page.get_by_role("button", name="Following: drop amber_otter")).to_be_visible()
    assert "amber_otter" in league.own.follows


@pytest.mark.parametrize(
    "path", ["/?window=7d&q=a_name", "/t/amber_finch?from=2026-11-20&to=2026-11-21"]
)
def test_a_visitor_signs_in_to_follow_and_comes_back(visit: Visit, path: str) -> None:
    page = visit(path)
    settle(page)
    page.get_by_role("link", name="Follow").click()
    page.get_by_label("Name or e-mail").fill(NAME)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: url.endswith(path))
    expect(page.get_by_role("button", name="Follow").first).to_be_visible()


def test_the_page_has_whom_i_follow_with_their_numbers(own: Callable[[str], Page]) -> None:
    page = own("/follows")
    expect(page.locator("tbody tr")).to_have_count(3)
    row = page.locator("tr", has_text="amber_finch")
    expect(row).to_contain_text("+3.10 %−1.25 %–2.40 %3102 Oct 2026")
    gone = page.locator("tr", has_text="gone_comet")
    expect(gone).to_contain_text("not listed now")
    assert gone.get_by_role("link").count() == 0
    assert page.locator("main img").count() == 0


def test_a_dropped_trader_stays_for_a_change_of_mind(
    own: Callable[[str], Page], league: FakeLeague
) -> None:
    page = own("/follows")
    button = page.get_by_role("button", name="Follow gone_comet")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.wait_for_load_state("networkidle")
    assert "gone_comet" not in league.own.follows
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"own": FakeOwn(follows={})}, "You follow nobody yet."),
        ({"broken": {"/me/follows"}}, "The league does not answer just now."),
    ],
)
def test_each_unusual_state_is_said(
    own: Callable[[str], Page], league: FakeLeague, change: dict[str, object], said: str
) -> None:
    league.__dict__.update(change)
    expect(own("/follows").get_by_text(said)).to_be_visible()


def test_it_is_for_members(visit: Visit, league: FakeLeague) -> None:
    page = visit("/follows")
    expect(page.get_by_text("Sign in to see whom you follow.")).to_be_visible()
    link = page.locator("main").get_by_role("link", name="Sign in")
    expect(link).to_have_attribute("href", "/sign-in?next=%2Ffollows")
    assert not [path for path in league.asked if "/me" in path]
