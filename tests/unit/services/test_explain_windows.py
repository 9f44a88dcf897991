"""Where a number would stand on the board."""

import pytest

from chalicelib.domain.windows import DAY
from chalicelib.services.explain_windows import WindowStores, would_stand
from tests.read_side import ReadSide


@pytest.mark.parametrize(
    ("shown", "place"), [(901, 1), (900, 2), (899, 2), (450, 7), (0, 10), (-1, 10), (-8, 11)]
)
def test_a_number_stands_behind_those_with_the_same(shown: int, place: int) -> None:
    league = ReadSide()
    for number, each in enumerate([900, 800, 700, 500, 450, 450, 300, 200, 0, -7]):
        league.join(f"Trader{number}", shown=each)
    league.join("Unranked", shown=5000)
    league.publish(range(11), ranked=10)
    head = league.fakes.boards.current("24h")
    assert head is not None
    fakes = league.fakes
    stores = WindowStores(fakes.boards, fakes.history, fakes.imports, fakes.accounts)
    assert would_stand(shown, DAY, head, stores) == place
