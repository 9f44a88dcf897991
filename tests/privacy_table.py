"""The table of who sees what as docs/privacy.md shows it."""

from itertools import groupby

from chalicelib.domain.visible import DRAWN, VIEWS, Part, Seen, paths

_CELLS = {
    Seen.ALL: ("yes", "yes", "yes"),
    Seen.ALLOCATION: ("allocation for everyone", "allocation for everyone or followers", "yes"),
    Seen.TRADES: ("trades for everyone", "trades for everyone or followers", "yes"),
    Seen.OWNER: ("–", "–", "yes"),
}


def table() -> str:
    """A row for each run of fields of a route that the same people see."""
    lines = ["| Route | Fields | Anyone | Follower | The trader |", "|---|---|---|---|---|"]
    for route, part in {**VIEWS, **DRAWN}.items():
        for seen, names in groupby(_leaves(part), key=lambda each: each[1]):
            fields = ", ".join(f"`{name}`" for name, _ in names)
            lines.append(f"| `{route}` | {fields} | {' | '.join(_CELLS[seen])} |")
    return "\n".join(lines)


def _leaves(part: Part) -> list[tuple[str, Seen]]:
    found = paths(part)
    leaves = [
        (path, seen)
        for path, seen in found.items()
        if not any(other.startswith(f"{path}.") for other in found)
    ]
    return sorted(leaves, key=lambda each: list(Seen).index(each[1]))


if __name__ == "__main__":
    print(table())
