"""Coming in: sign up, confirm, sign in, a forgotten password; each error at its field, and nothing
typed is lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chalicelib.domain.credentials import checked_password
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.names import checked_name
from tests.frontend.fake_league import FakeLeague
from tests.frontend.fake_session import CODE, EMAIL, NAME, PASSWORD

Visit = Callable[[str], Page]
SENTENCE = "a rather long sentence"


def fill(page: Page, **values: str) -> None:
    for label, value in values.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)


def said_at(page: Page, label: str) -> str:
    """What is said about a field, as a screen reader is told."""
    ids = page.get_by_label(label, exact=True).get_attribute("aria-describedby") or ""
    return " ".join(page.locator(f"[id='{each}']").inner_text() for each in ids.split())


def test_from_sign_up_to_signed_in(visit: Visit, league: FakeLeague) -> None:
    page = visit("/sign-up")
    fill(page, Public_name="new_one")
    page.get_by_label("E-mail address").fill("new@example.org")
    fill(page, Password=SENTENCE)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("a code is on its way")).to_be_visible()
    expect(page.get_by_label("Code of the letter")).to_be_focused()
    assert page.url.endswith("/confirm?name=new_one")
    assert list(league.members.waiting) == ["new_one"]
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The code is not the right one")).to_be_visible()
    expect(page.get_by_label("Code of the letter")).to_have_value("000000")
    fill(page, Code_of_the_letter=CODE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/link")
    expect(page.get_by_role("button", name="new_one: your menu")).to_be_visible()
    assert list(league.members.cookies.values()) == ["new_one"]


def test_a_code_that_comes_later_is_entered_on_a_page_of_its_own(
    visit: Visit, league: FakeLeague
) -> None:
    page = visit("/sign-up")
    fill(page, Public_name="new_one", Password=SENTENCE)
    page.get_by_label("E-mail address").fill("new@example.org")
    page.get_by_role("button", name="Sign up").click()
    page.get_by_label("Code of the letter").wait_for()
    page.reload()
    page.get_by_role("button", name="Send a new code").click()
    expect(page.get_by_role("status").get_by_text("A new code is on its way.")).to_be_visible()
    assert league.asked.count("/session/resend") == 1
    fill(page, Code_of_the_letter=CODE)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Your address is confirmed.")).to_be_visible()
    expect(page.get_by_label("Name or e-mail address")).to_have_value("new_one")
    fill(page, Password=SENTENCE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/link")


def test_each_error_stands_at_its_field_and_nothing_typed_is_lost(visit: Visit) -> None:
    page = visit("/sign-up")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_label("Public name")).to_be_focused()
    assert "Take 3 to 30 characters." in said_at(page, "Public name")
    assert "This is no e-mail address." in said_at(page, "E-mail address")
    assert "Take 10 to 90 characters." in said_at(page, "Password")
    fill(page, Public_name=NAME.upper(), Password=SENTENCE)
    page.get_by_label("E-mail address").fill("new@example.org")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("is taken")).to_be_visible()
    assert "is taken" in said_at(page, "Public name")
    expect(page.get_by_label("Public name")).to_be_focused()
    expect(page.get_by_label("Public name")).to_have_value(NAME.upper())
    expect(page.get_by_label("E-mail address")).to_have_value("new@example.org")
    expect(page.get_by_label("Password", exact=True)).to_have_value(SENTENCE)


def test_a_league_that_does_not_answer_loses_nothing(visit: Visit, league: FakeLeague) -> None:
    page = visit("/sign-up")
    fill(page, Public_name="new_one", Password=SENTENCE)
    page.get_by_label("E-mail address").fill("new@example.org")
    league.broken.add("/session")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("alert")).to_contain_text("What you typed is still here")
    page.context.set_offline(True)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("alert")).to_contain_text("You are offline.")
    page.context.set_offline(False)
    league.broken.clear()
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_label("Code of the letter")).to_be_visible()


@pytest.mark.parametrize(
    "name", ["ab", "a" * 31, ".dot", "--", "a b c", "ünal", "fine-name", "a.b", "___", "x" * 30]
)
def test_names_are_judged_while_typing_as_the_api_judges_them(visit: Visit, name: str) -> None:
    page = visit("/sign-up")
    fill(page, Public_name=name)
    box = page.locator(".field", has=page.get_by_label("Public name"))
    fine = box.locator(".rules .unmet").count() == 0
    try:
        checked_name(name)
    except InvalidRequest:
        assert not fine
    else:
        assert fine


@pytest.mark.parametrize("password", ["short", " " + SENTENCE, "New_One_Name", "x" * 91, SENTENCE])
def test_passwords_are_judged_while_typing_as_the_api_judges_them(
    visit: Visit, password: str
) -> None:
    page = visit("/sign-up")
    fill(page, Public_name="new_one_name", Password=password)
    box = page.locator(".field", has=page.get_by_label("Password", exact=True))
    fine = box.locator(".rules .unmet").count() == 0
    try:
        checked_password(password, name="new_one_name")
    except InvalidRequest:
        assert not fine
    else:
        assert fine


@pytest.mark.parametrize("login", [NAME, EMAIL, NAME.upper()])
def test_sign_in_by_name_or_address_goes_where_one_came_from(visit: Visit, login: str) -> None:
    page = visit("/sign-in?next=/t/amber_finch%3Ffrom=2026-11-01")
    page.get_by_label("Name or e-mail address").fill(login)
    fill(page, Password=PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/t/amber_finch?from=2026-11-01")
    expect(page.get_by_role("button", name=f"{NAME}: your menu")).to_be_visible()


@pytest.mark.parametrize("away", ["https://example.org/", "//example.org", "/\\example.org", "x"])
def test_signing_in_leads_to_no_other_site(visit: Visit, site: str, away: str) -> None:
    page = visit(f"/sign-in?next={away}")
    page.get_by_label("Name or e-mail address").fill(NAME)
    fill(page, Password=PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/")


def test_the_second_factor_is_asked_for_after_the_password(
    visit: Visit, league: FakeLeague
) -> None:
    league.members.people[NAME].has_app = True
    page = visit("/sign-in")
    page.get_by_label("Name or e-mail address").fill(NAME)
    fill(page, Password="wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("is not right")
    expect(page.get_by_label("Password", exact=True)).to_have_value("wrong")
    fill(page, Password=PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code of your authenticator app")).to_be_focused()
    page.keyboard.type("12a3 45")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The code has six digits.")).to_be_visible()
    fill(page, Code_of_your_authenticator_app="654321")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The code is not the right one")).to_be_visible()
    fill(page, Code_of_your_authenticator_app=CODE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"{NAME}: your menu")).to_be_visible()


def test_a_forgotten_password_is_set_anew(visit: Visit, league: FakeLeague) -> None:
    page = visit("/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Name or e-mail address").fill(EMAIL)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code of the letter")).to_be_focused()
    assert "@" not in page.url
    fill(page, Code_of_the_letter="111111", New_password=SENTENCE)
    page.get_by_role("button", name="Set the new password").click()
    expect(page.get_by_text("The code is not the right one")).to_be_visible()
    expect(page.get_by_label("New password")).to_have_value(SENTENCE)
    fill(page, Code_of_the_letter=CODE)
    page.get_by_role("button", name="Set the new password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    fill(page, Password=SENTENCE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"{NAME}: your menu")).to_be_visible()
    assert league.members.people[NAME].password == SENTENCE


def test_a_password_can_be_shown_and_hidden(visit: Visit) -> None:
    page = visit("/sign-in")
    fill(page, Password=PASSWORD)
    field = page.get_by_label("Password", exact=True)
    expect(field).to_have_attribute("type", "password")
    page.get_by_role("button", name=re.compile("^Show")).click()
    expect(field).to_have_attribute("type", "text")
    expect(field).to_have_value(PASSWORD)


@pytest.mark.usefixtures("member")
def test_who_is_signed_in_is_told_so(visit: Visit) -> None:
    page = visit("/sign-in?next=/how")
    expect(page.get_by_text(f"You are signed in as {NAME}.")).to_be_visible()
    expect(page.get_by_role("link", name="Go on")).to_have_attribute("href", "/how")
