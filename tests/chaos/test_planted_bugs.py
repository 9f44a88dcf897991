"""The schedules can fail: each planted bug is shown by one that the product gets through."""

import pytest

from tests.chaos.planted import PRODUCT, STORES, in_the_product
from tests.chaos.play import play
from tests.chaos.schedule import parsed

_WRONG = r"exchange|block|board|wait|doubt"
_ANN = "start red; link ann.1; pass 20; "
_LOST = _ANN + "events ann.1 lost; act ann.1 buy-for-money 0"
_REFUSED = _ANN + "strike refused ledger.add 0 1; act ann.1 buy-for-money 0"

SHOWN_BY = {
    "a row is written over without looking": _ANN
    + "act ann.1 buy-for-money 0; pass 20; mail events hold 1; act ann.1 sell-a-quantity 1; "
    "act ann.1 deposit 1; act ann.1 buy-for-money 1; strike overtaken holdings.replace 0 1; "
    "mail events release 1; pass 1",
    "a link's row is not written if absent": "mail events repeat 4; start red; link ann.1; "
    "link bob.1; pass 20; act ann.1 buy-for-money 0; act ann.1 buy-for-money 0",
    "a fill's key lacks the trade": _ANN + "act ann.1 buy-for-money 0",
    "an older board may become current": _ANN + "mail tasks repeat 4; hour; hour; pass 90",
    "late events are not noted": _LOST + "; hour",
    "an hour counts as marked too early": _REFUSED + "; hour; hour",
    "a failed message does not come again": _REFUSED,
    "doubts are not noted": _ANN
    + "mail events shuffle 1; act ann.1 buy-for-money 8; act ann.1 buy-for-money 9",
    "a refused batch is taken for sent": _ANN
    + "strike refused events.send 0 1; act ann.1 buy-for-money 0",
    "a gap is not noticed": _LOST,
    "corrections are not looked for": _LOST + "; hour",
}


def test_every_planted_bug_has_its_schedule() -> None:
    assert SHOWN_BY.keys() == STORES.keys() | PRODUCT.keys()


@pytest.mark.parametrize("name", SHOWN_BY)
def test_the_product_gets_through_the_schedule(name: str) -> None:
    play(parsed(SHOWN_BY[name]))


@pytest.mark.parametrize("name", STORES)
def test_a_store_without_its_guard_is_found_out(name: str) -> None:
    with pytest.raises(AssertionError, match=_WRONG):
        play(parsed(SHOWN_BY[name]), STORES[name])


@pytest.mark.parametrize("name", PRODUCT)
def test_a_bug_of_the_product_is_found_out(name: str) -> None:
    with in_the_product(name), pytest.raises(AssertionError, match=_WRONG):
        play(parsed(SHOWN_BY[name]))
