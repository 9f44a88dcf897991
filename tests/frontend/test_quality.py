"""On every page, in both colours and widths: accessible, no sideways scroll, nothing that jumps."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from sandbox.site_build import SOURCES
from tests.frontend.shots import settle

Visit = Callable[[str], Page]
PAGES = (
    "/",
    "/t/quiet_harbour",
    "/t/nobody_here",
    "/?q=zzz",
    "/how",
    "/privacy",
    "/terms",
    "/none",
    "/sign-up",
    "/confirm?name=new_one",
    "/sign-in",
    "/forgot",
    "/reset",
    "/compare",
    "/follows?as=a-visitor",
)
OWN = (
    "/settings",
    "/accounts",
    "/link",
    "/first-day",
    "/?window=7d",
    "/t/quiet_harbour?from=2026-11-16&to=2026-11-23",
    "/t/quiet_harbour?as=visitor",
    "/t/amber_finch",
    "/follows",
)
"""Pages that are looked at as a member."""
WIDTHS = (360, 390, 1280)
MOST_SHIFT = 0.005
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifted += each.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's source; it is evaluated, so that the site's policy stays in force."""
    return Path(SOURCES / "node_modules/axe-core/axe.min.js").read_text()


@pytest.fixture
def looked_at(request: pytest.FixtureRequest, path: str) -> None:
    """A member looks at those pages that are for members."""
    if path in OWN:
        request.getfixturevalue("member")


@pytest.mark.usefixtures("looked_at")
@pytest.mark.parametrize("path", [*PAGES, *OWN])
def test_it_is_accessible_in_both_colours_and_widths(visit: Visit, axe: str, path: str) -> None:
    page = visit(path)
    settle(page)
    page.evaluate(axe)
    found: list[Any] = []
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for width in WIDTHS[1:]:
        page.set_viewport_size({"width": width, "height": 900})
        for theme in themes:
            page.emulate_media(color_scheme=theme)
            violations = page.evaluate("async () => (await axe.run()).violations")
            found += [
                (width, theme, each["id"], node["target"], node["failureSummary"])
                for each in violations
                for node in each["nodes"][:2]
            ]
    assert found == []


@pytest.mark.usefixtures("looked_at")
@pytest.mark.parametrize("path", [*PAGES, *OWN])
def test_nothing_scrolls_sideways_or_jumps(visit: Visit, page: Page, path: str) -> None:
    page.add_init_script(SHIFTS)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        visit(path)
        settle(page)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        assert page.evaluate("() => window.shifted") <= MOST_SHIFT


def test_the_first_rows_need_at_most_six_requests_of_this_site(
    visit: Visit, page: Page, site: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visit("/")
    page.locator(".board .name").first.wait_for()
    needed = [url for url in asked if not url.endswith(("/icon.svg", "/api/status"))]
    assert len(needed) <= 6, needed
    assert all(url.startswith(site) for url in asked)
