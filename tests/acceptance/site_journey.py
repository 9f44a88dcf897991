"""One person's way in, in a browser on a running league: from signing up to numbers that move."""

import re
import shutil
from collections.abc import Callable
from contextlib import closing

import requests
from playwright.sync_api import Page, expect, sync_playwright

from sandbox.exchange.client import AdminClient, SignedClient

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
NAME, EMAIL, PASSWORD = "by_browser", "browser@example.org", "a rather long sentence"
PATIENCE_MS = 30_000


def walk_in(site: str, exchange: str, close_hour: Callable[[], None]) -> None:
    """Sign up, confirm, link, see the first day and, when the next hour has closed, a number."""
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(timezone_id="Europe/Berlin", locale="en-GB")
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda each: said.append(each.text) if each.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        _sign_up(page, site)
        key, secret = _link(page, exchange)
        _see_first_day(page)
        _see_numbers_move(page, site, exchange, (key, secret), close_hour)
        browser.close()
    assert said == []


def _sign_up(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("link", name="Sign up", exact=True).click()
    page.get_by_label("Public name").fill(NAME)
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_label("Code of the letter").wait_for()
    inbox = requests.get(f"{site}/sandbox/inbox.json", params={"to": EMAIL}, timeout=10).json()
    [code] = re.findall(r"\b\d{6}\b", inbox["letters"][0]["text"])
    page.get_by_label("Code of the letter").fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/link")


def _link(page: Page, exchange: str) -> tuple[str, str]:
    """Link a new account of the exchange; returns a key that may trade on it, and its secret."""
    with closing(AdminClient(exchange)) as bank:
        opened = bank.open_account({"USDT": "700", "BTC": "0.01"})
        trading = bank.add_key(int(opened["uid"]), spot_and_margin_trading=True)
    page.get_by_label("API key").fill(opened["key"])
    page.get_by_label("Secret key").fill(opened["secret"])
    page.get_by_role("button", name="Link this account").click()
    page.get_by_role("link", name="See your first day").click()
    page.wait_for_url("**/first-day")
    return str(trading["key"]), str(trading["secret"])


def _see_first_day(page: Page) -> None:
    page.get_by_role("heading", name="Ranked in 24 h").wait_for()


def _see_numbers_move(
    page: Page, site: str, exchange: str, pair: tuple[str, str], close_hour: Callable[[], None]
) -> None:
    """After a trade and two hours (the first one is where the league begins to count) the profile
    shows the trade and another balance than before."""
    page.goto(f"{site}/t/{NAME}")
    hour, balance = page.locator(".refreshed time"), page.locator(".tile.balance .big .num")
    before, worth = hour.inner_text(), balance.inner_text()
    close_hour()
    with closing(SignedClient(exchange, *pair)) as by_hand:
        by_hand.market_order("BUY", "BTCUSDT", quote="100")
    close_hour()
    page.reload()
    expect(hour).not_to_have_text(before, timeout=PATIENCE_MS)
    expect(balance).not_to_have_text(worth, timeout=PATIENCE_MS)
    expect(page.get_by_role("table", name="My trades")).to_contain_text(
        "BTC/USDT", timeout=PATIENCE_MS
    )
