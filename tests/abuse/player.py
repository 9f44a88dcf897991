"""Sends what Schemathesis makes of our own document to the league, and looks at every answer.

An operation is asked with data that fit the document and data that do not, as anyone and as a
member, each part of the play in a new league; and a walk goes from answers to the requests that
use what they told. Here and there a value is replaced by one that means something in this league,
or nothing would come past "no such trader".
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.entrypoints.openapi import document
from tests.abuse.league import AbusedLeague, abused_league

Case: TypeAlias = schemathesis.Case[Any]
Operation: TypeAlias = APIOperation[Any, Any, Any, Any]
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SITE: Final = "https://league.example/api"
_IN_ONE_LEAGUE: Final = 50
_STEPS: Final = 12


@dataclass
class Tally:
    """What was asked and answered so far."""

    requests: int = 0
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)

    def note(self, operation: str, status: int) -> None:
        """Count one answer."""
        self.requests += 1
        self.answers[operation, status] += 1

    @property
    def by_status(self) -> dict[str, int]:
        """How many answers had which status."""
        found: Counter[str] = Counter()
        for (_, status), number in self.answers.items():
            found[str(status)] += number
        return dict(sorted(found.items()))


def loaded() -> Any:  # noqa: ANN401 - Schemathesis' own
    """Our document, as Schemathesis reads it."""
    return schemathesis.openapi.from_dict(json.loads(json.dumps(document())))


def operations(schema: Any) -> Iterator[Operation]:  # noqa: ANN401
    """Every operation of the document."""
    for each in schema.get_all_operations():
        yield each.ok()


@dataclass(frozen=True)
class Way:
    """How a case is asked: by the member or by anyone, with which values replaced by those that
    mean something (bit by bit), and with what else that the document does not know."""

    member: bool = True
    lures: int = 0
    newest_kept: bool = False
    strays: tuple[tuple[str, str], ...] = ()


_TEXTS: Final = st.text(max_size=30)
WAYS: Final = st.builds(
    Way,
    member=st.sampled_from((True, True, True, False)),
    lures=st.integers(0, 255),
    newest_kept=st.sampled_from((False, False, False, True)),
    strays=st.one_of(
        st.just(()), st.just(()), st.lists(st.tuples(_TEXTS, _TEXTS), max_size=2).map(tuple)
    ),
)


def send(case: Case, way: Way, league: AbusedLeague, tally: Tally) -> schemathesis.Response:
    """The answer of the league; raises Schemathesis' failures where it is not as described."""
    _lure(case, way.lures, league)
    headers = {"Authorization": f"Bearer {league.token}"} if way.member else {}
    headers |= {"If-None-Match": "*"} if way.newest_kept else {}
    prepared = requests.Request(
        **case.as_transport_kwargs(base_url=SITE, headers=headers)
    ).prepare()
    path = prepared.path_url.removeprefix("/api") or "/"
    if way.strays:
        path += ("&" if "?" in path else "?") + urlencode(way.strays, errors="replace")
    body = prepared.body or b""
    sent = {str(name): str(value) for name, value in prepared.headers.items()}
    answer = league.send(
        case.method, path, sent, body.encode() if isinstance(body, str) else bytes(body)
    )
    tally.note(case.operation.label, answer.status_code)
    response = schemathesis.Response(
        status_code=answer.status_code,
        headers={
            name.lower(): [str(each) for each in (value if isinstance(value, list) else [value])]
            for name, value in answer.headers.items()
        },
        content=answer.body,
        request=prepared,
        elapsed=0.0,
        verify=False,
    )
    case.validate_response(response, checks=CHECKS)
    return response


def _lure(case: Case, lures: int, league: AbusedLeague) -> None:
    bit = 0
    parts: tuple[Any, ...] = (case.path_parameters, case.query, case.body)
    for values in parts:
        for name in list(values) if isinstance(values, dict) else []:
            bit += 1
            if lures >> bit & 1 and (value := league.known(name)) is not None:
                values[name] = value


def ask_operation(operation: Operation, number: int, its_seed: int, tally: Tally) -> None:
    """Ask it about so many times, half with data that do not fit the document, where there are
    such data."""
    for part in range(-(-number // _IN_ONE_LEAGUE)):
        most = min(_IN_ONE_LEAGUE, number - part * _IN_ONE_LEAGUE)
        with abused_league() as league:
            for mode in schemathesis.GenerationMode:
                cases = operation.as_strategy(generation_mode=mode)

                @seed(its_seed + part)
                @_settings(-(-most // 2))
                @given(cases, WAYS)
                def ask(case: Case, way: Way) -> None:
                    send(case, way, league, tally)

                with suppress(Unsatisfiable):
                    ask()


def _settings(number: int, **more: Any) -> settings:  # noqa: ANN401
    return settings(
        max_examples=number,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        **more,
    )


def walk(number: int, its_seed: int, tally: Tally) -> None:
    """So many walks from answer to request, each in a league of its own."""

    class Walk(loaded().as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self._here = abused_league()
            self._league = self._here.__enter__()
            self._ways = Random(its_seed)

        def teardown(self) -> None:
            self._here.__exit__(None, None, None)

        def call(self, case: Case, **_: object) -> schemathesis.Response:
            way = Way(member=self._ways.random() < 0.9, lures=self._ways.getrandbits(8))
            return send(case, way, self._league, tally)

        def validate_response(self, *_: object, **__: object) -> None:
            """`send` has done it."""

    seed(its_seed)(Walk)
    Walk.run(settings=_settings(number, stateful_step_count=_STEPS))
