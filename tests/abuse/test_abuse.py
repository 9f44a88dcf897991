"""A seeded thousand of the requests that `python -m tests.abuse` makes by the ten thousand."""

from collections import Counter
from typing import Final

import pytest

from app import app
from tests.abuse.player import Tally, ask_operation, loaded, operations, walk

SEED: Final = 20260301
_EACH: Final = 26
_WALKS: Final = 10


@pytest.fixture(scope="module")
def tally() -> Tally:
    """What was answered; whatever was off the document has raised."""
    made = Tally()
    for operation in operations(loaded()):
        ask_operation(operation, _EACH, SEED, made)
    walk(_WALKS, SEED, made)
    return made


def test_a_thousand_requests_get_only_answers_that_the_document_describes(tally: Tally) -> None:
    assert tally.requests >= 1000
    assert max(status for _, status in tally.answers) < 500


def test_every_route_was_asked(tally: Tally) -> None:
    asked = {label for label, _ in tally.answers}
    assert asked == {f"{m} {path}" for path, routes in app.routes.items() for m in routes}


def test_the_play_comes_past_the_door(tally: Tally) -> None:
    done: Counter[str] = Counter()
    for (label, status), number in tally.answers.items():
        done[label] += number * (status < 300)
    members = {"PATCH /me", "GET /me", "PUT /me/follows/{name}", "GET /traders/{name}/trades"}
    assert {label for label in members if not done[label]} == set()
    assert sum(done.values()) > tally.requests // 8
