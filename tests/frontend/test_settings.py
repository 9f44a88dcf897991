"""The settings: what others see, how one signs in, leaving; and a session that ends meanwhile."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chalicelib.domain.account import Audience, TradesView, Visibility
from chalicelib.entrypoints.me_api import LEFT
from chalicelib.entrypoints.privacy_words import PROMISE, words
from sandbox.site_build import SOURCES
from tests.frontend.fake_league import FakeLeague
from tests.frontend.fake_session import CODE, EMAIL, NAME, PASSWORD, Member

pytestmark = pytest.mark.usefixtures("member")
Visit = Callable[[str], Page]
SENTENCE = "a rather long sentence"
NEW = "new@example.org"


def me(league: FakeLeague) -> Member:
    return league.members.people[NAME]


def open_row(page: Page, title: str) -> None:
    page.get_by_role("button", name=re.compile(f": {title}$")).click()


def test_the_settings_say_what_others_see_in_the_words_of_the_api(
    visit: Visit, league: FakeLeague
) -> None:
    page = visit("/settings")
    for meaning in words(me(league).shown).values():
        expect(page.locator(".meanings").get_by_text(meaning, exact=True)).to_be_visible()
    page.get_by_text("What we promise, in full").click()
    expect(page.get_by_text(PROMISE)).to_be_visible()
    preview = page.get_by_role("link", name="Look at your profile as a visitor")
    expect(preview).to_have_attribute("href", f"/t/{NAME}?as=visitor")


def test_only_what_was_changed_is_saved_and_its_meaning_shown(
    visit: Visit, league: FakeLeague
) -> None:
    page = visit("/settings")
    page.get_by_role("radio", name="Every trade exactly").check()
    page.get_by_role("group", name="Who sees your coins").get_by_label("Nobody but you").check()
    expect(page.get_by_role("status").get_by_text("not saved")).to_be_visible()
    assert me(league).shown == Visibility()
    with page.expect_request(lambda each: each.method == "PATCH") as sent:
        page.get_by_role("button", name="Save").click()
    assert json.loads(sent.value.post_data or "") == {"trades": "exact", "allocation_for": "nobody"}
    expect(page.get_by_role("status").get_by_text("Saved.")).to_contain_text("Saved.")
    expect(page.locator(".told-line")).to_contain_text("10:00 UTC (11:00 your time)")
    now = Visibility(trades=TradesView.EXACT, allocation_for=Audience.NOBODY)
    assert me(league).shown == now
    expect(page.locator(".meanings")).to_contain_text(words(now)["trades"])


def test_a_choice_outlives_a_league_that_does_not_answer(visit: Visit, league: FakeLeague) -> None:
    page = visit("/settings")
    page.get_by_role("radio", name="Not listed").check()
    league.broken.add("/me")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("What you typed is still here")
    expect(page.get_by_role("radio", name="Not listed")).to_be_checked()
    league.broken.clear()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".told-line")).to_contain_text("Saved.")


def test_the_site_s_words_are_those_of_the_api() -> None:
    text = (SOURCES / "src/lib/settings-words.ts").read_text()

    def explained(key: str) -> str:
        return json.loads(re.search(rf'\b{key}: {{\n.*\n\s*explained: (".*"),', text)[1])  # type: ignore[index,no-any-return]

    for value in TradesView:
        assert explained(f"privacy_{value.value}") == words(Visibility(trades=value))["trades"]
    assert explained("privacy_listed") == words(Visibility())["listed"]
    assert explained("privacy_unlisted") == words(Visibility(listed=False))["listed"]
    keys = re.findall(r"\b(leave_(?:removed|stays)_\w+): ", text)
    told = [explained(key) for key in keys]
    assert told == [*LEFT.removed, *LEFT.stays]


def test_an_address_counts_once_its_code_came_back(visit: Visit, league: FakeLeague) -> None:
    page = visit("/settings")
    open_row(page, "E-mail address")
    page.get_by_label("New e-mail address").fill("no address")
    page.get_by_role("button", name="Send a code there").click()
    expect(page.get_by_text("This is no e-mail address.")).to_be_visible()
    expect(page.get_by_text("Fill this in.")).to_be_visible()
    page.get_by_label("New e-mail address").fill(NEW)
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Send a code there").click()
    expect(page.get_by_text("The password is not right.")).to_be_visible()
    expect(page.get_by_label("New e-mail address")).to_have_value(NEW)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code of the letter")).to_be_focused()
    assert me(league).email == EMAIL
    page.keyboard.type("999999")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The code is not the right one")).to_be_visible()
    page.get_by_label("Code of the letter").fill(CODE)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your address is changed.")).to_be_visible()
    expect(page.get_by_text(NEW)).to_be_visible()


def test_a_new_password_keeps_one_signed_in_here(visit: Visit, league: FakeLeague) -> None:
    page = visit("/settings")
    open_row(page, "Password")
    page.get_by_label("Password until now").fill(PASSWORD)
    page.get_by_label("New password").fill(NAME.upper())
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("Take something other than your name or address.")).to_be_visible()
    page.get_by_label("New password").fill(SENTENCE)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    expect(page.locator(".meanings")).to_be_visible()
    assert me(league).password == SENTENCE
    assert len(league.members.cookies) == 1


def test_a_second_factor_is_set_up_and_removed(visit: Visit, league: FakeLeague) -> None:
    page = visit("/settings")
    open_row(page, "A second factor")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Show me the secret").click()
    expect(page.get_by_text("JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP")).to_be_visible()
    expect(page.locator(".qr path")).to_be_attached()
    page.get_by_label("Code the app shows").fill(CODE)
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_text("The second factor is on.")).to_be_visible()
    assert me(league).has_app
    open_row(page, "A second factor")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Remove the second factor").click()
    expect(page.get_by_text("The code has six digits.")).to_be_visible()
    page.get_by_label("Code of your authenticator app").fill(CODE)
    page.get_by_role("button", name="Remove the second factor").click()
    expect(page.get_by_text("The second factor is off.")).to_be_visible()
    assert not me(league).has_app


def test_leaving_says_first_what_goes_and_what_stays(visit: Visit, league: FakeLeague) -> None:
    page = visit("/settings")
    page.get_by_role("button", name="What that means").click()
    expect(page.get_by_text(LEFT.stays[0])).to_be_visible()
    page.get_by_role("button", name="Delete my account for ever").click()
    expect(page.get_by_text("Fill this in.")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Delete my account for ever").click()
    expect(page.get_by_text("You have left the league.")).to_be_visible()
    expect(page.get_by_text(LEFT.removed[0])).to_be_visible()
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()
    assert league.members.people == {}


def test_a_session_that_ends_in_the_middle_goes_on_where_one_was(
    visit: Visit, league: FakeLeague
) -> None:
    page = visit("/settings")
    page.get_by_role("radio", name="Every trade exactly").check()
    open_row(page, "E-mail address")
    page.get_by_label("New e-mail address").fill(NEW)
    league.members.end_all()
    page.get_by_role("button", name="Save").click()
    window = page.get_by_role("dialog", name="Please sign in again.")
    expect(window.get_by_label("Password", exact=True)).to_be_focused()
    expect(page.get_by_label("New e-mail address")).to_have_value(NEW)
    expect(page.get_by_role("radio", name="Every trade exactly")).to_be_checked()
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(window.get_by_role("alert")).to_contain_text("is not right")
    window.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".told-line")).to_contain_text("Saved.")
    expect(window).to_be_hidden()
    assert me(league).shown.trades is TradesView.EXACT
    expect(page.get_by_label("New e-mail address")).to_have_value(NEW)


def test_who_does_not_sign_in_again_loses_nothing(visit: Visit, league: FakeLeague) -> None:
    page = visit("/settings")
    page.get_by_role("radio", name="Not listed").check()
    league.members.end_all()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_role("alert")).to_contain_text("sign in again first")
    expect(page.get_by_role("radio", name="Not listed")).to_be_checked()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.get_by_role("button", name="Sign in again").click()
    page.get_by_role("dialog").get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("You are signed out.")).to_be_hidden()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".told-line")).to_contain_text("Saved.")
    assert not me(league).shown.listed


def test_a_token_that_ran_out_is_renewed_without_a_word(visit: Visit, league: FakeLeague) -> None:
    page = visit("/settings")
    page.get_by_role("radio", name="Not listed").check()
    league.members.tokens.clear()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".told-line")).to_contain_text("Saved.")
    assert league.asked.count("/session/refresh") == 2


def test_signing_in_again_in_one_tab_is_enough_for_all(
    visit: Visit, page: Page, site: str, league: FakeLeague
) -> None:
    visit("/settings")
    other = page.context.new_page()
    other.goto(f"{site}/settings")
    for tab in (page, other):
        tab.get_by_role("radio", name="Not listed").check()
    league.members.end_all()
    for tab in (page, other):
        tab.get_by_role("button", name="Save").click()
        expect(tab.get_by_role("dialog")).to_be_visible()
    page.get_by_role("dialog").get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    for tab in (page, other):
        expect(tab.locator(".told-line")).to_contain_text("Saved.")
        expect(tab.get_by_role("dialog")).to_be_hidden()


def test_another_member_in_another_tab_does_not_get_what_this_one_began(
    visit: Visit, page: Page, site: str, league: FakeLeague
) -> None:
    league.members.people["bold_otter"] = Member("bold_otter", "b@example.org", SENTENCE)
    visit("/settings")
    page.get_by_role("radio", name="Not listed").check()
    league.members.end_all()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    other = page.context.new_page()
    other.goto(f"{site}/sign-in")
    other.get_by_label("Name or e-mail address").fill("bold_otter")
    other.get_by_label("Password", exact=True).fill(SENTENCE)
    other.keyboard.press("Enter")
    expect(page.get_by_role("button", name="bold_otter: your menu")).to_be_visible()
    expect(page.locator(".row .value").first).to_have_text("bold_otter")
    expect(page.get_by_role("radio", name="Not listed")).not_to_be_checked()
    assert league.members.people["bold_otter"].shown.listed


def test_a_visitor_signs_in_on_the_page_itself(visit: Visit, league: FakeLeague) -> None:
    league.members.end_all()
    page = visit("/settings")
    expect(page.get_by_text("This page is yours alone.")).to_be_visible()
    page.get_by_label("Name or e-mail address").fill(NAME)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".meanings")).to_be_visible()
    assert page.url.endswith("/settings")


def test_settings_that_cannot_be_read_are_asked_for_again(visit: Visit, league: FakeLeague) -> None:
    league.broken.add("/me")
    page = visit("/settings")
    expect(page.get_by_text("The league does not answer just now.").first).to_be_visible()
    league.broken.clear()
    expect(page.get_by_role("button", name="Try again")).to_have_count(2)
    for _ in range(2):
        page.get_by_role("button", name="Try again").first.click()
    expect(page.locator(".meanings")).to_be_visible()
    expect(page.get_by_text(EMAIL)).to_be_visible()
