"""Measured figures beside their limits: as a table, as JSON, and whether one is passed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

BUDGET: Final = Path(__file__).with_name("budget.json")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. `name` is that of the budget, or one that has no limit; `traders` is
    the size of the league it was measured at, None where it does not depend on that."""

    name: str
    value: float
    traders: int | None = None
    compared: str = ""
    """The same number of another way of doing it, in words."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The greatest value a figure may have, at the sizes named (none: at any)."""

    most: float
    unit: str
    at: Sequence[int] = ()

    def holds_for(self, figure: Figure) -> bool:
        """Whether this figure is to be held to it."""
        return not self.at or figure.traders in self.at


def budget() -> dict[str, Limit]:
    """The limits that are committed, by the name of the figure."""
    stored: Mapping[str, Any] = json.loads(BUDGET.read_text())
    return {
        name: Limit(each["limit"], each["unit"], tuple(each.get("at", ())))
        for name, each in stored.items()
    }


def passed(figures: Iterable[Figure], limits: Mapping[str, Limit]) -> list[Figure]:
    """Those figures that are greater than their limit."""
    return [
        each
        for each in figures
        if (limit := limits.get(each.name)) is not None
        and limit.holds_for(each)
        and each.value > limit.most
    ]


def table(figures: Sequence[Figure], limits: Mapping[str, Limit]) -> str:
    """A Markdown table: a row for each name, a column for each size of the league."""
    sizes = sorted({each.traders for each in figures if each.traders is not None})
    heads = ["Figure", "", *(f"{size:,} traders" for size in sizes), "Limit", "For comparison"]
    rows = [heads, ["---"] * len(heads)]
    for name in dict.fromkeys(each.name for each in figures):
        found = [each for each in figures if each.name == name]
        limit = limits.get(name)
        alone = " ".join(number(each.value) for each in found if each.traders is None)
        at_size = {each.traders: number(each.value) for each in found}
        compared = "; ".join(dict.fromkeys(each.compared for each in found if each.compared))
        cells = [name, alone, *(at_size.get(size, "") for size in sizes), _words(limit), compared]
        rows.append(cells)
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def number(value: float) -> str:
    """With as many digits as say something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def to_json(figures: Iterable[Figure]) -> str:
    """All figures, for a later run or a test to compare."""
    rows = [
        {"figure": each.name, "traders": each.traders, "value": round(each.value, 4)}
        for each in figures
    ]
    return json.dumps(rows, indent=1) + "\n"


def _words(limit: Limit | None) -> str:
    if limit is None:
        return ""
    sizes = f" at {', '.join(f'{size:,}' for size in limit.at)}" if limit.at else ""
    return f"≤ {number(limit.most)} {limit.unit}{sizes}"
