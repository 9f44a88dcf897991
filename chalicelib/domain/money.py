"""The gate that makes Decimals, the two roundings, and how amounts are written.

Leaves prices to `market.py`. Arithmetic that must not lose a digit runs in `EXACT`.
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import TypeAlias

from chalicelib.domain.errors import InvalidRequest

Asset: TypeAlias = str
"""The exchange's own code of a coin, e.g. "BTC"; any script, case as given."""

EXACT = Context(prec=80)
"""Wide enough that products and sums of exchange amounts are never rounded."""

_PLAIN = re.compile(r"-?(0|[1-9][0-9]{0,37})(\.[0-9]{1,40})?", re.ASCII)
"""Of so many digits that the sum of any two has a place in `EXACT`."""
_MOST_QUOTED = 50
_EIGHT = Decimal("0.00000001")
_TWO = Decimal("0.01")


def amount(text: object, of: str) -> Decimal:
    """The Decimal that `text` writes out, plain: at most 38 digits, one point, at most 40 more,
    no exponent.

    `of` names the thing for the error. Raises InvalidRequest naming thing and value.
    """
    if not isinstance(text, str):
        raise InvalidRequest(f"{of}: {type(text).__name__} where a plain decimal as text was due")
    if not _PLAIN.fullmatch(text):
        raise InvalidRequest(f"{of}: {text[:_MOST_QUOTED]!r} is not a plain decimal number")
    return Decimal(text)


def plain(value: Decimal) -> str:
    """`value` as text: no exponent, no trailing zeros, no minus before zero."""
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def eight_decimals(percent: Decimal) -> Decimal:
    """`percent` rounded to 8 decimals, half away from zero, never −0."""
    with localcontext(EXACT):
        return percent.quantize(_EIGHT, ROUND_HALF_UP) + 0


def shown_percent(percent: Decimal) -> Decimal:
    """`percent` as it is shown and ranked: once to 8 decimals, then to 2 (rules.md §1)."""
    with localcontext(EXACT):
        return eight_decimals(percent).quantize(_TWO, ROUND_HALF_UP) + 0
