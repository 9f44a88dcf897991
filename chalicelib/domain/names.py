"""Traders' names: which can be used, the one rule for sign-up, demo and tools.

A name stands in addresses (`/traders/<name>`) and is unique without regard to case.
"""

import re
from typing import Final

from chalicelib.domain.errors import InvalidRequest

SHORTEST_NAME: Final = 3
LONGEST_NAME: Final = 30

_NAME = re.compile(r"[A-Za-z0-9_.-]{3,30}", re.ASCII)
_LETTER_OR_DIGIT = re.compile(r"[A-Za-z0-9]", re.ASCII)
_RESERVED: Final = frozenset(
    re.findall(
        r"\S+",
        """
        about account accounts admin administrator all anonymous anybody api app assets billing
        binance blog board coinmarketleague contact copy copying deleted demo docs edit
        everybody everyone false favicon.ico follow follower followers follows guest help
        imprint index index.html leader leaderboard league legal login logout me moderator name
        new nobody none null official openapi.json owner portfolio preview privacy profile
        public rank robots.txt root sandbox search security session sessions settings sign-in
        sign-out sign-up signin signout signup sitemap.xml somebody staff static status support
        system team terms trader traders transactions true undefined unknown user users visitor
        webhook www you
        """,
    )
)
"""Words that are, or may become, part of an address, and names that pass for ours."""


def checked_name(name: str) -> str:
    """`name` as it was given, when it can be a trader's.

    Raises InvalidRequest, saying what a name is made of, or that it is reserved.
    """
    usable = _NAME.fullmatch(name) and _LETTER_OR_DIGIT.search(name)
    if not usable or name.startswith("."):
        raise InvalidRequest(
            f"the name {name[: LONGEST_NAME + 1]!r} cannot be used; take {SHORTEST_NAME} to "
            f"{LONGEST_NAME} letters, digits, dashes, dots or underscores, no dot first"
        )
    if name.casefold() in _RESERVED:
        raise InvalidRequest(f"the name {name!r} is reserved; take another")
    return name
