"""Demo traders at the league's door: what they say when something is not as it should be."""

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.entrance import Member, Turned


class Door:
    """A league that takes everything; `letters_sent` are in the mailbox."""

    def __init__(self, *letters_sent: str) -> None:
        self._letters = list(letters_sent)
        self.asked: list[tuple[str, Mapping[str, object] | None]] = []

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None,
        headers: Mapping[str, str],
    ) -> tuple[int, Any]:
        self.asked.append((path, body))
        return 200, {}

    def letters(self, to: str) -> list[str]:
        return self._letters


def test_the_newest_letters_code_confirms() -> None:
    door = Door("Your code is 123456.", "Your code is 654321.")
    Member(door, "Ada", "password", 1).join()
    assert door.asked[-1] == ("/session/confirm", {"name": "Ada", "code": "123456"})


@pytest.mark.parametrize(
    ("letters", "said"),
    [
        ((), "Ada: no letter came to ada@example.org"),
        (("Somebody tried.",), "Ada: the newest letter to ada@example.org holds no code"),
    ],
)
def test_without_a_code_it_is_said_who_waits_for_what(letters: tuple[str, ...], said: str) -> None:
    with pytest.raises(Turned, match=said):
        Member(Door(*letters), "Ada", "password", 1).join()
