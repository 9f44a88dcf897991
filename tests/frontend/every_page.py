"""Every page of the site, found by its file: one that is added cannot be forgotten by a test."""

from dataclasses import dataclass

from sandbox.site_build import SOURCES

PAGES = sorted(path.stem for path in SOURCES.glob("*.html"))
COMPARED = "/compare?t=quiet_harbour&t=late_maple"
_ADDRESSES = {
    "index": ("/", "/?q=zzz"),
    "trader": ("/t/quiet_harbour", "/t/nobody_here"),
    "404": ("/none",),
    "confirm": ("/confirm?name=new_one",),
    "compare": ("/compare", COMPARED),
}
"""Of pages that are not simply at their own name, or have more than one face."""


@dataclass(frozen=True)
class Look:
    """One look at a page."""

    path: str
    as_member: bool = False

    def __str__(self) -> str:
        return f"{self.path}{' as member' if self.as_member else ''}"


def _for_members(page: str) -> bool:
    script = SOURCES / f"src/pages/{page}.tsx"
    return script.is_file() and "MembersOnly" in script.read_text()


LOOKS = [
    *(Look(path) for page in PAGES for path in _ADDRESSES.get(page, (f"/{page}",))),
    *(Look(f"/{page}", as_member=True) for page in PAGES if _for_members(page)),
    Look("/follows", as_member=True),
    Look("/?window=7d", as_member=True),
    Look("/t/quiet_harbour?from=2026-11-16&to=2026-11-23", as_member=True),
    Look("/t/quiet_harbour?as=visitor", as_member=True),
    Look("/t/amber_finch", as_member=True),
]
"""Each page as a visitor sees it; those for members, the board and profiles also as a member
does."""
