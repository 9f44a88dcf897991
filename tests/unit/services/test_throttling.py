"""How often something may be tried."""

from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.domain.errors import TooOften
from chalicelib.services.throttling import (
    CHANGES,
    CHANGES_OF,
    CODES,
    CODES_OF,
    LETTERS_TO,
    REFRESHES,
    SIGN_INS,
    SIGN_INS_OF,
    SIGN_UPS,
    Gate,
    Limit,
)
from tests.builders import NOON
from tests.fake_identity import FakeThrottle

BY_ADDRESS = Limit("sign-in", 5, 600)
BY_NAME = Limit("sign-in-name", 3, 600)


@pytest.fixture
def throttle() -> FakeThrottle:
    return FakeThrottle()


def tries(gate: Gate, name: str) -> int:
    """How many tries pass, one after the other."""
    passed = 0
    while passed < 100:
        try:
            gate.pass_through(BY_ADDRESS, [(BY_NAME, name)])
        except TooOften:
            return passed
        passed += 1
    return passed


def test_a_name_is_tried_only_so_often_from_wherever(throttle: FakeThrottle) -> None:
    assert tries(Gate(throttle, NOON, "192.0.2.1"), "Ada") == 3
    assert tries(Gate(throttle, NOON, "192.0.2.2"), "aDA") == 0
    assert tries(Gate(throttle, NOON, "192.0.2.3"), "Bob") == 3


def test_an_address_tries_only_so_often_whichever_names(throttle: FakeThrottle) -> None:
    gate = Gate(throttle, NOON, "192.0.2.1")
    assert [tries(gate, name) for name in ("Ada", "Bob", "Cyd")] == [3, 1, 0]


def test_an_address_over_its_limit_uses_up_nobodys_name(throttle: FakeThrottle) -> None:
    loud = Gate(throttle, NOON, "192.0.2.1")
    assert tries(loud, "Bob") + tries(loud, "Cyd") + tries(loud, "Dan") == 4
    assert [tries(loud, "Ada") for _ in range(50)] == [0] * 50
    assert tries(Gate(throttle, NOON, "192.0.2.2"), "Ada") == 3


def test_who_waits_as_long_as_he_is_told_may_try_again(throttle: FakeThrottle) -> None:
    later = NOON + timedelta(minutes=7, seconds=30)
    gate = Gate(throttle, later, "192.0.2.1")
    tries(gate, "Ada")
    tries(gate, "Bob")
    with pytest.raises(TooOften, match="wait 3 minutes") as refused:
        gate.pass_through(BY_ADDRESS, [(BY_NAME, "Cyd")])
    assert refused.value.wait_s == 150
    again = later + timedelta(seconds=refused.value.wait_s)
    assert tries(Gate(throttle, again, "192.0.2.1"), "Ada") == 3


def test_counters_name_nobody() -> None:
    seen: list[str] = []

    class Keeping(FakeThrottle):
        def count(self, key: str, seconds: int, now: object) -> int:
            seen.append(key)
            return 1

    gate = Gate(Keeping(), NOON, "192.0.2.1")
    gate.pass_through(BY_ADDRESS, [(BY_NAME, "ada@example.org")])
    assert len(seen) == 2
    assert not any("192.0.2.1" in key or "ada" in key for key in seen)


@pytest.mark.parametrize(
    "row",
    [
        f"| sign-up | {SIGN_UPS.most} an hour | {LETTERS_TO.most} letters an hour |",
        f"| sign-in, challenge | {SIGN_INS.most} in 10 minutes "
        f"| {SIGN_INS_OF.most} in 10 minutes |",
        f"| refresh, sign-out | {REFRESHES.most} in 10 minutes | – |",
        f"| codes: confirm, reset, and asking for one | {CODES.most} an hour "
        f"| {CODES_OF.most} tries, {LETTERS_TO.most} letters an hour |",
        f"| changes under `/me` | {CHANGES.most} an hour | {CHANGES_OF.most} an hour |",
    ],
)
def test_the_limits_are_those_of_the_page(row: str) -> None:
    page = Path(__file__).parents[3] / "docs/accounts-and-sessions.md"
    assert row in page.read_text().splitlines()
