"""A browser on the built site before a fake league; every test fails on an error in the console."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright

from sandbox.site_build import built_site
from tests.frontend.fake_league import NINE, FakeLeague
from tests.frontend.fake_session import COOKIE, NAME
from tests.frontend.serving import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
QUIET = (
    "--disable-background-networking", "--disable-component-update", "--disable-quic",
    "--disable-sync", "--no-first-run", "--disable-gpu",
)  # fmt: skip
FORBIDDEN = re.compile(r"\b(TWR|MWR|mark|index|capped|stale|partial)\b", re.IGNORECASE)
EXPECTED_OF_FAULTS = "Failed to load resource"
"""What the browser itself says of an answer that is an error; nothing of ours."""


@pytest.fixture(scope="session")
def dist() -> Path:
    """The folder of the built site."""
    return built_site()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Without it browser tests are skipped, but not in CI, which installs it.

    It ends with this folder's tests: while it runs, nothing else can run an event loop.
    """
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*QUIET, "--no-sandbox"]
        )
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A visitor one hour east of UTC, at a desk, who has never been here."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, timezone_id="Europe/Berlin", locale="en-GB"
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def _served(dist: Path) -> Iterator[tuple[FakeLeague, str]]:
    league = FakeLeague()
    with serving(dist, league) as address:
        yield league, address


@pytest.fixture
def league(_served: tuple[FakeLeague, str]) -> FakeLeague:
    """The fake league, as it is at first."""
    league, _ = _served
    league.__dict__.update(FakeLeague().__dict__)
    return league


@pytest.fixture
def site(_served: tuple[FakeLeague, str]) -> str:
    """The address of the site."""
    return _served[1]


@pytest.fixture
def member(page: Page, site: str, league: FakeLeague) -> Page:
    """The visitor is a member, and was signed in here before."""
    remember(page, site, league)
    return page


def remember(page: Page, site: str, league: FakeLeague, name: str = NAME) -> None:
    """Give the browser what signing in leaves in it."""
    cookie, _ = league.members.begin(name)
    page.context.add_cookies(
        [
            {
                "name": COOKIE, "value": cookie, "url": f"{site}/api/session/", "httpOnly": True,
                "secure": True, "sameSite": "Strict",
            }
        ]
    )  # fmt: skip
    page.goto(f"{site}/robots.txt")
    page.evaluate("(name) => localStorage.setItem('member', name)", name)


_WORDS = """() => document.documentElement.textContent + [...document.querySelectorAll("*")]
  .map((each) => ["aria-label", "title", "placeholder", "alt", "content"]
    .map((name) => each.getAttribute(name) ?? "").join(" ")).join(" ")"""


@pytest.fixture
def visit(page: Page, site: str, league: FakeLeague) -> Iterator[Callable[[str], Page]]:
    """Opens a path of the site at 09:13 UTC; afterwards nothing may have been said in the console,
    and no forbidden word may stand on the page that was left."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and EXPECTED_OF_FAULTS not in message.text:
            said.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.clock.install(time=NINE.replace(minute=13))

    def opened(path: str) -> Page:
        page.goto(f"{site}{path}", wait_until="domcontentloaded")
        return page

    yield opened
    words = _all_words(page)
    assert said == []
    assert FORBIDDEN.findall(words) == []


def _all_words(page: Page) -> str:
    """Every word of the page, those of attributes too. A page that is just being left for another
    is read when that one is there."""
    for _ in range(2):
        page.wait_for_load_state()
        with suppress(Error):
            words: str = page.evaluate(_WORDS)
            return words
    raise AssertionError(f"{page.url} is left again and again")
