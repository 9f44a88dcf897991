"""Strategies for what nobody should send: JSON with one thing wrong, and texts that are no JSON."""

import json
from collections.abc import Iterator
from typing import Any, Final

from hypothesis import strategies as st

TEXTS: Final = st.text(st.characters(exclude_categories=()), max_size=12)
NUMBERS_AS_TEXT: Final = st.one_of(
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.decimals(-(10**15), 10**15, places=12).map(lambda each: format(each, "f")),
    st.sampled_from(
        [
            *("1e5", "NaN", "-Infinity", "0x1F", "1_000", "٣", "+1", " 1", "1.", ".5", "", "-0"),
            *("007", "9" * 38, "9" * 39, "9" * 500, "0." + "9" * 40, "0." + "1" * 41),
            "1" * 38 + "." + "9" * 40,
        ]
    ),
)
_HUGE: Final = [2**63 - 1, 2**63, -(2**63) - 1, 10**25, -1, 10**400, 253_402_300_800_000]
_DEEP: Final = json.loads("[" * 300 + "]" * 300)
VALUES: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(_HUGE),
    st.floats(),
    TEXTS,
    NUMBERS_AS_TEXT,
    st.just("x" * 20_000),
    st.sampled_from([_DEEP, {"a": _DEEP}]),
    st.recursive(st.none() | TEXTS, lambda each: st.lists(each, max_size=3), max_leaves=6),
    st.dictionaries(TEXTS, st.integers(), max_size=3),
)
_TWICE: Final = "\0twice"


def _places(content: object) -> Iterator[tuple[Any, Any]]:
    """Each container of a JSON value with each of its keys."""
    if isinstance(content, dict | list):
        keys = list(content) if isinstance(content, dict) else range(len(content))
        for key in keys:
            yield content, key
            yield from _places(content[key])


def _own(value: object) -> object:
    """A copy that may be changed: a strategy's values are shared."""
    return json.loads(json.dumps(value))


@st.composite
def mutated(draw: st.DrawFn, text: str) -> str:
    """That JSON with up to three things wrong: a value of another kind or size, a member missing
    or there twice, or the text itself cut or with something put in."""
    content = json.loads(text)
    twice: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(content))
        if not places:
            break
        container, key = draw(st.sampled_from(places))
        what = draw(st.sampled_from(["replaced", "replaced", "number", "missing", "twice"]))
        if what == "missing":
            del container[key]
        elif what == "twice" and isinstance(container, dict) and not str(key).startswith(_TWICE):
            container[f"{_TWICE}{len(twice)}"] = _own(draw(VALUES))
            twice.append(key)
        else:
            container[key] = _own(draw(NUMBERS_AS_TEXT if what == "number" else VALUES))
    made = json.dumps(content)
    for number, key in enumerate(twice):
        made = made.replace(json.dumps(f"{_TWICE}{number}"), json.dumps(key))
    if draw(st.integers(0, 9)) == 0:
        place = draw(st.integers(0, len(made)))
        made = made[:place] + draw(st.sampled_from(["", "\ud800", "{", ",", "NaN", "1e999"]))
    return made


ANYTHING: Final = st.one_of(
    TEXTS,
    VALUES.map(json.dumps),
    st.sampled_from(["[" * 10_000, '{"e":' * 4_000, "9" * 10_000, "NaN", '"\\ud800"', "\ufeff{}"]),
)
"""Texts, most of them JSON, of nothing that is known."""

BIG: Final = {
    "a megabyte of text": json.dumps({"e": "x" * 1_000_000}),
    "a megabyte of rows": json.dumps([{"s": "BTCUSDT"}] * 60_000),
    "a bottomless list": "[" * 1_000_000,
    "a bottomless object": '{"event":' * 110_000,
    "a number of a megabyte": "9" * 1_000_000,
    "a megabyte of nothing": " " * 1_000_000,
}
"""Texts too big for what Hypothesis would show of them."""
