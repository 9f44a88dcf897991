"""Past prices of the public views: each list is read once, however many traders need it."""

from collections.abc import Sequence
from decimal import Decimal

from chalicelib.domain.holdings import LastBuy
from chalicelib.domain.market import PriceList
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.services.view_prices import LISTS_AT_ONCE, ViewPrices, last_buys_of
from tests.builders import NOON, account_holdings, at, prices, quantity
from tests.fakes import FakePrices

MIDNIGHT = hour_of(NOON) - 12


class CountingPrices(FakePrices):
    """Remembers which hours were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[int]] = []

    def hours(self, hours: Sequence[int]) -> dict[int, PriceList]:
        self.asked.append(list(hours))
        return super().hours(hours)


def stored(*hours: int) -> CountingPrices:
    made = CountingPrices()
    for hour in hours:
        made.put_hour(hour, prices(hour_start(hour), BTC=str(1000 + hour % 1000), ETH="3"))
    return made


def test_a_list_is_read_once_for_all_that_is_wanted_of_it() -> None:
    where = stored(MIDNIGHT - 5, MIDNIGHT - 7)
    views = ViewPrices(MIDNIGHT, where)
    views.know([(MIDNIGHT - 5, "BTC"), (MIDNIGHT - 5, "ETH"), (MIDNIGHT - 7, "BTC")])
    found = [views.usdt(MIDNIGHT - 5, "BTC"), views.usdt(MIDNIGHT - 5, "ETH")]
    assert found == [Decimal(1000 + (MIDNIGHT - 5) % 1000), Decimal(3)]
    assert where.asked == [[MIDNIGHT - 7, MIDNIGHT - 5]]


def test_lists_are_read_a_few_at_a_time() -> None:
    where = stored()
    ViewPrices(MIDNIGHT, where).know((MIDNIGHT - back, "BTC") for back in range(1, 121))
    assert [len(each) for each in where.asked] == [LISTS_AT_ONCE, LISTS_AT_ONCE, 20]


def test_what_is_not_stored_is_not_known_and_not_asked_twice() -> None:
    where = stored(MIDNIGHT - 5)
    views = ViewPrices(MIDNIGHT, where)
    unknown = [views.usdt(MIDNIGHT - 5, "DOGE"), views.usdt(MIDNIGHT - 6, "BTC")]
    again = [views.usdt(MIDNIGHT - 5, "DOGE"), views.usdt(MIDNIGHT - 6, "BTC")]
    assert (unknown, again) == ([None, None], [None, None])
    assert len(where.asked) == 2


def test_the_day_before_is_read_once() -> None:
    where = stored(MIDNIGHT - 24)
    views = ViewPrices(MIDNIGHT, where)
    assert views.day_before() == views.day_before() == where.hours([MIDNIGHT - 24])[MIDNIGHT - 24]
    assert where.asked.count([MIDNIGHT - 24]) == 2  # once by the views, once by this test


def test_the_day_before_may_be_missing() -> None:
    where = stored()
    views = ViewPrices(MIDNIGHT, where)
    assert (views.day_before(), views.day_before()) == (None, None)
    assert len(where.asked) == 1


def test_last_buys_are_those_of_what_is_held_before_the_hour() -> None:
    row = account_holdings(
        quantities={"BTC": quantity("1"), "LDETH": quantity("2"), "SOL": quantity("3")},
        last_buys={
            "BTC": LastBuy(at(hours=-20), "BTCUSDT", 1),
            "LDETH": LastBuy(at(hours=-30, minutes=-1), "BTCUSDT", 1),
            "SOL": LastBuy(at(hours=-1), "BTCUSDT", 1),
            "DOGE": LastBuy(at(hours=-50), "BTCUSDT", 1),
        },
    )
    listed = prices(hour_start(MIDNIGHT), BTC="1", ETH="1", SOL="1")
    hour = hour_of(NOON)
    assert last_buys_of([row], listed, MIDNIGHT) == {(hour - 19, "BTC"), (hour - 30, "ETH")}
