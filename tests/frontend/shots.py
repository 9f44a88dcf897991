"""Pictures of every page and state, in both colours and widths, for people to look at.

python -m tests.frontend.shots [FOLDER]            from the fake league, into shots/
python -m tests.frontend.shots --site ADDRESS DIR  board and one profile of a running league
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from chalicelib.domain.account_words import Status as AccountStatus
from chalicelib.domain.exchange_condition import Condition
from chalicelib.domain.reading import Status
from sandbox.site_build import built_site
from tests.frontend.conftest import CHROMIUM, QUIET, remember
from tests.frontend.fake_league import MARKUP, NINE, FakeLeague
from tests.frontend.serving import serving

WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
BANNER = "We move house on Sunday from 02:00 to 03:00 UTC. Boards come late then; nothing is lost."
Change = Callable[[FakeLeague], object]
STATES: dict[str, tuple[str, Change]] = {
    "board": ("/", lambda league: None),
    "board-7d-page-2": ("/?window=7d&cursor=50", lambda league: None),
    "board-last-page": ("/?cursor=150", lambda league: None),
    "board-no-match": ("/?q=xyz", lambda league: None),
    "board-empty": ("/", lambda league: setattr(league, "traders", 0)),
    "board-failed": ("/", lambda league: league.broken.add("/board")),
    "board-late": ("/", lambda league: setattr(league, "as_of", NINE.replace(hour=6))),
    "board-replaced": ("/?cursor=50", lambda league: setattr(league, "replaced", True)),
    "board-exchange": ("/", lambda league: setattr(league, "exchange", Condition.MAINTENANCE)),
    "trader": ("/t/quiet_harbour", lambda league: None),
    "trader-90d": ("/t/quiet_harbour?from=2026-08-25&to=2026-11-23", lambda league: None),
    "trader-imported": ("/t/quiet_harbour", lambda league: setattr(league, "imported", True)),
    "trader-markup": (f"/t/{MARKUP}", lambda league: None),
    "trader-hidden": ("/t/quiet_harbour", lambda league: setattr(league, "hides", True)),
    "trader-left": ("/t/quiet_harbour", lambda league: setattr(league, "status", Status.RETIRED)),
    "trader-new": ("/t/quiet_harbour", lambda league: setattr(league, "new", True)),
    "trader-failed": ("/t/quiet_harbour", lambda league: league.broken.add("/traders")),
    "trader-unknown": ("/t/nobody_here", lambda league: None),
    "compare": ("/compare?t=quiet_harbour&t=north_finch&t=amber_otter", lambda league: None),
    "compare-four": (
        "/compare?t=quiet_harbour&t=north_finch&t=amber_otter&t=late_maple",
        lambda league: None,
    ),
    "compare-one": ("/compare?t=quiet_harbour", lambda league: None),
    "compare-nobody": ("/compare", lambda league: None),
    "compare-unknown": ("/compare?t=quiet_harbour&t=nobody_here", lambda league: None),
    "compare-none-in-common": (
        "/compare?t=quiet_harbour&t=late_maple&from=2026-11-01&to=2026-11-08",
        lambda league: None,
    ),
    "compare-failed": (
        "/compare?t=quiet_harbour&t=north_finch",
        lambda league: league.broken.add("/traders"),
    ),
    "banner": ("/", lambda league: setattr(league, "banner", BANNER)),
    "own": ("/t/quiet_harbour", lambda league: None),
    "own-90d": ("/t/quiet_harbour?from=2026-08-25&to=2026-11-23", lambda league: None),
    "own-hidden": ("/t/quiet_harbour", lambda league: None),
    "own-unranked": ("/t/quiet_harbour", lambda league: setattr(league.own, "ranked", False)),
    "own-new": ("/t/quiet_harbour", lambda league: set_new(league)),
    "own-seen": ("/t/quiet_harbour?as=visitor", lambda league: None),
    "own-how": ("/t/quiet_harbour", lambda league: None),
    "own-board": ("/?window=7d", lambda league: None),
    "own-board-off": ("/", lambda league: setattr(league, "listed", False)),
    "follows": ("/follows", lambda league: None),
    "follows-empty": ("/follows", lambda league: league.own.follows.clear()),
    "follows-failed": ("/follows", lambda league: league.broken.add("/me/follows")),
    "out-follows": ("/follows", lambda league: None),
    "sign-up": ("/sign-up", lambda league: None),
    "confirm": ("/confirm?name=new_one", lambda league: None),
    "sign-in": ("/sign-in", lambda league: None),
    "forgot": ("/forgot", lambda league: None),
    "reset": ("/reset", lambda league: None),
    "own-settings": ("/settings", lambda league: None),
    "own-accounts": ("/accounts", lambda league: league.accounts.link(*AccountStatus)),
    "own-accounts-none": ("/accounts", lambda league: None),
    "own-link": ("/link", lambda league: None),
    "own-first-day": ("/first-day", lambda league: league.accounts.link(AccountStatus.IMPORTING)),
    "how": ("/how", lambda league: None),
    "privacy": ("/privacy", lambda league: None),
    "terms": ("/terms", lambda league: None),
    "no-such-page": ("/nothing/here", lambda league: None),
}
SIGNED_IN = ("own", "follows")
"""How the names of the states begin in which the trader himself looks."""


def set_new(league: FakeLeague) -> None:
    """A trader's first hours."""
    league.new = league.imported = True
    league.own.empty = True
    league.own.ranked = False


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(prog="python -m tests.frontend.shots")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("shots"))
    parser.add_argument("--site", help="a running league")
    parser.add_argument("--only", default="", help="the start of the states' names")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*QUIET, "--no-sandbox"]
        )
        if chosen.site:
            of_running_league(browser, chosen.site, chosen.folder)
        else:
            of_all_states(browser, chosen.folder, chosen.only)


def of_all_states(browser: Browser, folder: Path, only: str) -> None:
    """Each state in both themes and widths; those that begin with `own` as a member sees them."""
    league = FakeLeague()
    with serving(built_site(), league) as address:
        for state, (path, change) in STATES.items():
            if not state.startswith(only):
                continue
            league.__dict__.update(FakeLeague().__dict__)
            change(league)
            for width, (x, y) in WIDTHS.items():
                for theme in THEMES:
                    page = browser.new_page(
                        viewport={"width": x, "height": y},
                        color_scheme=theme,
                        timezone_id="Europe/Berlin",
                    )
                    page.clock.install(time=NINE.replace(minute=48))
                    if state.startswith(SIGNED_IN):
                        remember(page, address, league)
                    page.goto(address + path, wait_until="networkidle")
                    settle(page)
                    if state == "own-hidden":
                        page.keyboard.press("h")
                    if state == "own-how":
                        page.get_by_role("button", name="How is this computed: Return, 7 d").click()
                    name = f"{state}-{width}-{theme}.png"
                    page.screenshot(path=folder / name, full_page=True)
                    page.close()


def of_running_league(browser: Browser, address: str, folder: Path) -> None:
    """`board.png`, in light colours, and `profile.png`, in dark ones."""
    page = browser.new_page(viewport={"width": 1200, "height": 760})
    page.goto(address, wait_until="networkidle")
    settle(page)
    page.screenshot(path=folder / "board.png")
    names = page.locator(".board .name")
    trader = names.nth(min(4, names.count() - 1)).get_attribute("href")
    page.close()
    page = browser.new_page(viewport={"width": 1200, "height": 1000}, color_scheme="dark")
    page.goto(f"{address}{trader}", wait_until="networkidle")
    settle(page)
    page.screenshot(path=folder / "profile.png")
    page.close()


def settle(page: Page) -> None:
    """Wait until nothing on the page is being loaded."""
    waiting = (
        ".board[aria-busy=true], .tiles[aria-busy=true], .placeholder, main .hold, .tiles .wait"
    )
    expect(page.locator(waiting)).to_have_count(0)
    for drawing in page.locator(".canvas").all():
        drawing.locator("canvas").wait_for()


if __name__ == "__main__":
    main()
