"""The table of docs/privacy.md: what remains possible, in numbers.

    python -m tests.unmasking.table          # some minutes on one core

The seeds below give the same rows again; `tests/test_privacy_page.py` reads those of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.unmasking.league import LIQUID, MIDDLE, THIN, PublicLeague
from tests.unmasking.tape import DenseTape
from tests.unmasking.trial import Attempt, Rows, attempts, cast, factor, fewest, middle

COUNTS = (1, 5, 10, 20, 40, 200)
EACH = 3
"""Traders of each count; of the largest, one."""

HOURS = 240
SEED = 11


@dataclass(frozen=True, slots=True)
class Setting:
    """One kind of trader and one observer."""

    market: str
    pairs: tuple[str, ...]
    day_value: float
    listing: str
    observer: str
    rows: Rows
    with_returns: bool = False


_LISTS, _PATIENT = "lists", "lists and returns"
SETTINGS = (
    Setting("liquid, 100 M", LIQUID, 1e8, "guarded", _LISTS, Rows.GUARDED),
    Setting("liquid, 100 M", LIQUID, 1e8, "guarded", _PATIENT, Rows.GUARDED, True),
    Setting("liquid, 100 M", LIQUID, 1e8, "exact", _LISTS, Rows.EXACT),
    Setting("middle, 20 M", MIDDLE, 2e7, "guarded", _LISTS, Rows.GUARDED),
    Setting("middle, 20 M", MIDDLE, 2e7, "guarded", _PATIENT, Rows.TOLD, True),
    Setting("thin, 1 M", THIN, 1e6, "guarded", _LISTS, Rows.GUARDED),
    Setting("thin, 1 M", THIN, 1e6, "guarded", _PATIENT, Rows.TOLD, True),
    Setting("thin, 1 M", THIN, 1e6, "exact", _LISTS, Rows.EXACT),
)
HEAD = (
    "| Pairs, traded in 24 h | List | Observer has | "
    + " | ".join(f"{count} trades" if count > 1 else "1 trade" for count in COUNTS)
    + " |"
)


def name_of(setting: Setting) -> str:
    """How a row of the table begins."""
    return f"| {setting.market} | {setting.listing} | {setting.observer} | "


def rows() -> Iterator[str]:
    """The table's rows, one setting after the other."""
    leagues: dict[tuple[str, ...], PublicLeague] = {}
    for setting in SETTINGS:
        if setting.pairs not in leagues:
            counts = {**dict.fromkeys(COUNTS, EACH), max(COUNTS): 1}
            parts = cast(counts, SEED, pairs=setting.pairs)
            leagues[setting.pairs] = PublicLeague(parts, hours=HOURS, seed=SEED, spans=0)
        league = leagues[setting.pairs]
        tape = DenseTape(league.exchange, day_value=setting.day_value, seed=SEED)
        found = attempts(league, tape, setting.rows, with_returns=setting.with_returns)
        cells = (_cell([each for each in found if each.part.orders == n]) for n in COUNTS)
        yield f"{name_of(setting)}{' | '.join(cells)} |"


def _cell(found: Sequence[Attempt]) -> str:
    """Median factor / median of the fewest candidates of a row / how many are unmasked."""
    if all(each.found is None for each in found):
        return "no row"
    known = sum(each.unmasks for each in found)
    return (
        f"{_rounded(middle([*map(factor, found)]))} / {middle([*map(fewest, found)]):.0f} / {known}"
    )


def _rounded(number: float) -> str:
    """Two significant digits."""
    if number >= 10:
        return f"{float(f'{number:.2g}'):,.0f}"
    return f"{number:.2g}" if number >= 1.1 else f"{number:.2f}"


if __name__ == "__main__":
    print(HEAD)
    print("|" + "---|" * (3 + len(COUNTS)))
    for line in rows():
        print(line, flush=True)
