"""Linking an account, how accounts stand, the first day."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chalicelib.domain.account import Refusal
from chalicelib.domain.account_words import Status, reason_of
from tests.frontend.fake_accounts import API_KEY, PEM, SECRET_KEY
from tests.frontend.fake_league import FakeLeague
from tests.frontend.fake_session import PASSWORD

pytestmark = pytest.mark.usefixtures("member")
Visit = Callable[[str], Page]


def put_in(page: Page, api_key: str, secret: str) -> None:
    page.get_by_label("API key", exact=True).fill(api_key)
    page.get_by_label("Secret key", exact=True).fill(secret)
    page.get_by_role("button", name="Link this account").click()


def test_what_we_see_comes_before_the_key_is_asked_for(visit: Visit) -> None:
    page = visit("/link")
    texts = page.locator(".parts > li").all_inner_texts()
    assert [bool(re.search("What we cannot do", text)) for text in texts] == [True, False, False]
    assert "delete the key at Binance" in texts[0]
    assert "Enable Reading" in texts[1]
    assert texts[1].count("leave empty") == 8
    for label in ("API key", "Secret key"):
        field = page.get_by_label(label, exact=True)
        expect(field).to_have_attribute("autocomplete", "off")


def test_a_key_is_linked_and_followed_until_it_counts(visit: Visit, league: FakeLeague) -> None:
    league.accounts.next_states = [Status.CHECKING, Status.CHECKING, Status.IMPORTING, Status.LIVE]
    page = visit("/link")
    put_in(page, f" {API_KEY}\n", SECRET_KEY)
    expect(page.get_by_role("heading", name="We have it.")).to_be_visible()
    expect(page.get_by_label("Secret key", exact=True)).to_have_value("")
    expect(page.get_by_label("API key", exact=True)).to_have_value(API_KEY)
    assert league.accounts.sent[0].api_key == API_KEY
    assert league.accounts.sent[0].secret == SECRET_KEY
    page.clock.run_for(6_000)
    expect(page.get_by_role("heading", name="Your account is linked.")).to_be_visible()
    expect(page.get_by_role("status").get_by_text("Binance: bringing in the past")).to_be_attached()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "40")
    expect(page.get_by_role("link", name="See your first day")).to_be_visible()
    page.clock.run_for(11_000)
    expect(page.get_by_role("status").get_by_text("Binance: live")).to_be_attached()


@pytest.mark.parametrize(
    ("api_key", "secret", "field", "said"),
    [
        ("", SECRET_KEY, "API key", "Fill this in."),
        ("a" * 63, SECRET_KEY, "API key", "It has 63 letters and digits"),
        (API_KEY, "b c", "Secret key", "There is a space or a sign in it"),
        (API_KEY, API_KEY, "Secret key", "This is the API key once more."),
        ("c" * 64, SECRET_KEY, "API key", "this league does not like"),
    ],
)
def test_a_slip_is_told_at_its_field_and_nothing_is_lost(
    visit: Visit, api_key: str, secret: str, field: str, said: str
) -> None:
    page = visit("/link")
    put_in(page, api_key, secret)
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_label(field, exact=True)).to_be_focused()
    described = page.get_by_label(field, exact=True).get_attribute("aria-describedby") or ""
    told = [page.locator(f"[id='{each}']").inner_text() for each in described.split()]
    assert said in " ".join(told)
    expect(page.get_by_label("API key", exact=True)).to_have_value(api_key)
    expect(page.get_by_label("Secret key", exact=True)).to_have_value(secret)


def test_a_refused_key_says_what_to_take_away(visit: Visit, league: FakeLeague) -> None:
    league.accounts.next_states = [Status.REFUSED]
    page = visit("/link")
    put_in(page, API_KEY, SECRET_KEY)
    page.clock.run_for(3_000)
    expect(page.get_by_text("What to do now")).to_be_visible()
    expect(page.get_by_text(reason_of(Refusal.CAN_TRADE).detail)).to_be_visible()
    expect(page.get_by_label("API key", exact=True)).to_have_value(API_KEY)


def test_a_key_pair_outlives_a_reload_and_takes_an_account_back(
    visit: Visit, league: FakeLeague
) -> None:
    page = visit("/link?take-back")
    page.get_by_role("button", name="Make a key pair").click()
    public = page.get_by_label(re.compile("^Public key"))
    expect(public).to_have_value(PEM.strip())
    page.reload()
    expect(public).to_have_value(PEM.strip())
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the public key").click()
    expect(page.get_by_role("status").get_by_text("Copied")).to_be_attached()
    assert page.evaluate("() => navigator.clipboard.readText()") == PEM.strip()
    expect(page.get_by_role("checkbox", name="take it back")).to_be_checked()
    page.get_by_label("API key", exact=True).fill(API_KEY)
    page.get_by_role("button", name="Link this account").click()
    expect(page.get_by_role("heading", name="We have it.")).to_be_visible()
    sent = league.accounts.sent[0]
    assert (sent.key_pair_id, sent.secret, sent.take_back) == ("P1", None, True)


def test_a_session_that_ends_while_linking_goes_on(visit: Visit, league: FakeLeague) -> None:
    page = visit("/link")
    page.wait_for_load_state("networkidle")
    league.members.end_all()
    put_in(page, API_KEY, SECRET_KEY)
    window = page.get_by_role("dialog")
    expect(page.get_by_label("Secret key", exact=True)).to_have_value(SECRET_KEY)
    window.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="We have it.")).to_be_visible()
    assert league.accounts.sent[0].secret == SECRET_KEY


def test_every_state_says_what_it_is_and_what_to_do(visit: Visit, league: FakeLeague) -> None:
    league.accounts.link(*Status)
    page = visit("/accounts")
    cards = page.locator("article.account")
    expect(cards.filter(visible=True)).to_have_count(len(Status) - 1)
    said = ("checking", "bringing in the past", "live", "interrupted", "key not taken",
            "key no longer works", "key may do too much")  # fmt: skip
    for text in said:
        expect(page.get_by_role("heading", name=f"Binance {text}", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Link a key again")).to_have_count(3)
    expect(cards.nth(3)).to_contain_text("since 23 Nov 2026 08:41 UTC (09:41 your time)")
    page.get_by_text("Unlinked before (1)").click()
    expect(cards.nth(7)).to_contain_text("The record stays.")


def test_an_account_that_another_has_linked_can_be_taken_back(
    visit: Visit, league: FakeLeague
) -> None:
    league.accounts.refusal = Refusal.LINKED_BY_ANOTHER
    league.accounts.link(Status.REFUSED)
    page = visit("/accounts")
    page.get_by_role("link", name="Take it back").click()
    page.wait_for_url("**/link?take-back")
    expect(page.get_by_role("radio", name="A key pair made here")).to_be_checked()


def test_unlinking_asks_first_and_says_what_stays(visit: Visit, league: FakeLeague) -> None:
    league.accounts.link(Status.LIVE)
    page = visit("/accounts")
    page.get_by_role("button", name="Unlink Binance").click()
    expect(page.get_by_role("group", name="Unlink this account?")).to_contain_text("record stays")
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Unlink Binance").click()
    league.broken.add("/me/accounts/A0")
    page.get_by_role("button", name="Unlink it").click()
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible()
    league.broken.clear()
    page.get_by_role("button", name="Unlink it").click()
    expect(
        page.get_by_role("status").get_by_text("Our copy of the key is destroyed.")
    ).to_be_visible()
    expect(page.get_by_text("No account is linked yet.")).to_be_visible()


@pytest.mark.parametrize("path", ["/accounts", "/first-day"])
def test_without_an_account_there_is_a_way_to_link_one(visit: Visit, path: str) -> None:
    page = visit(path)
    expect(page.get_by_text("No account is linked yet.")).to_be_visible()
    link = page.get_by_role("link", name="Link an exchange account")
    expect(link).to_have_attribute("href", "/link")


@pytest.mark.parametrize("path", ["/accounts", "/first-day"])
def test_a_league_that_does_not_answer_is_asked_again(
    visit: Visit, league: FakeLeague, path: str
) -> None:
    league.accounts.link(Status.LIVE)
    league.broken.add("/me")
    page = visit(path)
    expect(page.get_by_text("The league does not answer just now.")).to_be_visible()
    league.broken.clear()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Binance live")).to_be_visible()
    page.context.set_offline(True)
    page.clock.run_for(61_000)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    expect(page.get_by_role("heading", name="Binance live")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline.")).to_be_hidden()


def test_the_first_day_says_when_one_is_ranked_and_where_one_would_stand(
    visit: Visit, league: FakeLeague
) -> None:
    league.accounts.link(Status.IMPORTING)
    page = visit("/first-day")
    day = page.locator(".tile").first
    expect(day).to_contain_text("Ranked in 24 h")
    expect(day).to_contain_text("in 23 h 12 min")
    expect(day).to_contain_text("Your record is younger than this window.")
    expect(day).to_contain_text("You would stand at 21 of 153 with +4.50 %")
    expect(day).to_contain_text("Only you see this: a preview.")
    expect(page.locator(".tile").nth(2)).to_contain_text("not yet")
    expect(page.locator("figure.line")).to_contain_text("before joining")
    page.locator(".canvas canvas").wait_for()
    league.broken.add("/me")
    page.clock.run_for(21 * 60_000)
    expect(day).to_contain_text("in 22 h 51 min")


def test_before_the_first_hour_the_first_day_says_so(visit: Visit, league: FakeLeague) -> None:
    league.accounts.link(Status.CHECKING)
    league.accounts.no_board = True
    page = visit("/first-day")
    expect(page.get_by_text("The first full hour has not closed yet.")).to_be_visible()


def test_who_is_ranked_sees_the_rank(visit: Visit, league: FakeLeague) -> None:
    league.accounts.link(Status.LIVE)
    league.accounts.ranked = True
    page = visit("/first-day")
    expect(page.locator(".tile").first).to_contain_text("14 of 152")
