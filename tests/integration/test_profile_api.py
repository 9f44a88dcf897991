"""GET /traders/{name}: what everyone sees."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.account import Audience, TradesView, Visibility
from chalicelib.domain.block import Kind
from chalicelib.domain.ledger import Side
from chalicelib.domain.market import PriceList, Symbol
from tests.builders import NOON, asset_price, at, fill
from tests.read_side import HOUR, ReadSide

VIEW = {
    "allocation": [["BTC", 60], ["other coins", 40]],
    "coins": [["BTC", -123, None]],
    "risk": ["39.62", "5.53", None],
}
ROUTES = ("", "/performance", "/trades", "/transactions")


@pytest.fixture
def league() -> ReadSide:
    """Ada, ranked, with a public view."""
    made = ReadSide()
    made.join("Ada", shown={"24h": 450, "7d": -200, "30d": None}, drawdown=310)
    made.note(0, Kind.SLOW, 0, view={"0": VIEW})
    made.publish([0])
    return made


def visible(league: ReadSide, name: str, visibility: Visibility) -> str:
    """Let one more trader join, with these settings."""
    return league.join(name, visibility=visibility).name


class TestProfile:
    def test_it_has_the_fields_of_the_contract(self, league: ReadSide) -> None:
        with league.client() as client:
            profile = client.json("/traders/Ada")
        assert profile == {
            "name": "Ada",
            "exchanges": ["binance"],
            "joined_at": "2026-03-01T12:00:00Z",
            "as_of": "2026-03-01T12:00:00Z",
            "status": "active",
            "pnl": {
                "24h": {"pct": "4.50", "rank": 1, "capped": False},
                "7d": {"pct": "-2.00", "rank": 1, "capped": False},
                "30d": {"pct": None, "rank": 1, "capped": False},
            },
            "allocation": [
                {"asset": "BTC", "share_pct": "60"},
                {"asset": "other coins", "share_pct": "40"},
            ],
            "coins": [
                {
                    "asset": "BTC",
                    "change_24h_pct": "-1.23",
                    "since_last_buy_pct": None,
                    "state": None,
                }
            ],
            "risk": {
                "max_drawdown_24h_pct": "3.10",
                "max_drawdown_7d_pct": "3.10",
                "max_drawdown_30d_pct": "3.10",
                "volatility_pct": "39.62",
                "sharpe": "5.53",
                "sortino": None,
            },
            "followers": 0,
        }

    @pytest.mark.parametrize(
        ("quoted_hours_ago", "listed", "trading", "state"),
        [
            (0, True, True, "trading"),
            (1, True, False, "halted"),
            (1, False, False, "delisted"),
            (3, True, True, "stale_price"),
        ],
    )
    def test_it_says_how_each_coin_is_priced_now(
        self, league: ReadSide, quoted_hours_ago: int, listed: bool, trading: bool, state: str
    ) -> None:
        quoted_at = league.now - timedelta(hours=quoted_hours_ago)
        newest = PriceList(league.now, {"BTC": asset_price(quoted_at=quoted_at)})
        league.fakes.prices.put_latest(newest)
        pairs = {"ETHUSDT": Symbol("ETHUSDT", "ETH", "USDT", True)}
        if listed:
            pairs["BTCUSDT"] = Symbol("BTCUSDT", "BTC", "USDT", trading)
        league.fakes.prices.put_symbols(pairs)
        [coin] = league.get("/traders/Ada").json_body["coins"]
        assert coin["state"] == state

    @pytest.mark.parametrize("name", ["ada", "ADA", "%41da"])
    def test_a_name_is_found_whatever_its_case(self, league: ReadSide, name: str) -> None:
        assert league.get(f"/traders/{name}").json_body["name"] == "Ada"

    def test_a_name_beyond_ascii_is_found(self, league: ReadSide) -> None:
        league.join("Žofie ✓")
        assert league.get("/traders/%C5%BDofie%20%E2%9C%93").json_body["name"] == "Žofie ✓"

    def test_before_the_first_midnight_mark_nothing_is_known_of_the_coins(self) -> None:
        league = ReadSide()
        league.join("Ada")
        league.publish([0])
        profile = league.get("/traders/Ada").json_body
        assert profile["allocation"] is profile["coins"] is profile["risk"]["sharpe"] is None

    def test_before_the_first_board_there_are_no_numbers(self) -> None:
        league = ReadSide()
        league.join("Ada")
        profile = league.get("/traders/Ada").json_body
        assert profile["pnl"]["24h"] == {"pct": None, "rank": None, "capped": False}
        assert (profile["as_of"], profile["status"]) == (None, "not_ranked_yet")

    @pytest.mark.parametrize("audience", [Audience.FOLLOWERS, Audience.NOBODY])
    def test_coins_are_hidden_from_whom_they_are_not_for(
        self, league: ReadSide, audience: Audience
    ) -> None:
        name = visible(league, "Bo", Visibility(allocation_for=audience))
        league.note(1, Kind.SLOW, 0, view={"1": VIEW})
        profile = league.get(f"/traders/{name}").json_body
        assert profile["allocation"] is profile["coins"] is None
        assert profile["risk"]["volatility_pct"] == "39.62"

    def test_a_retired_trader_still_has_a_profile(self, league: ReadSide) -> None:
        league.join("Old", retired_at=NOON - timedelta(days=90))
        profile = league.get("/traders/Old").json_body
        assert (profile["status"], profile["exchanges"]) == ("retired", ["binance"])


@pytest.mark.parametrize("route", ROUTES)
class TestWhoIsNotFound:
    def test_an_unknown_name(self, league: ReadSide, route: str) -> None:
        response = league.get(f"/traders/Nobody{route}")
        assert response.status_code == 404
        assert "'Nobody'" in response.json_body["detail"]

    def test_who_is_not_listed_is_as_unknown_as_who_does_not_exist(
        self, league: ReadSide, route: str
    ) -> None:
        visible(league, "Hidden", Visibility(listed=False))
        hidden = league.get(f"/traders/Hidden{route}")
        unknown = league.get(f"/traders/Nobody{route}")
        assert hidden.status_code == 404
        assert hidden.body == unknown.body.replace(b"Nobody", b"Hidden")

    def test_a_name_longer_than_any(self, league: ReadSide, route: str) -> None:
        response = league.get(f"/traders/{'a' * 3000}{route}")
        assert response.status_code == 404
        assert len(response.body) < 300


@pytest.mark.parametrize("route", ["/performance", "/trades", "/transactions"])
@pytest.mark.parametrize(
    "parameters", ["to=0001-01-01", "from=0001-01-01&to=0001-01-02", "to=9999-12-31"]
)
def test_dates_at_the_ends_of_the_calendar_are_refused(
    league: ReadSide, route: str, parameters: str
) -> None:
    for headers in ({}, {"Authorization": "Bearer T0"}):
        response = league.get(f"/traders/Ada{route}?{parameters}", **headers)
        own = route != "/transactions" or headers
        assert response.status_code == (400 if own else 403)
        assert not own or "ask for dates from 1900 to 2999" in response.json_body["detail"]


@pytest.mark.parametrize("route", ["/performance", "/trades"])
@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ("from=2026-03-02&to=2026-03-01", "from 2026-03-02 is after to 2026-03-01"),
        ("from=2025-01-01&to=2026-01-02", "367 days"),
        ("from=1900-01-01", "366"),
        ("from=yesterday", "from is 'yesterday' but must be a date like 2026-03-01"),
        ("to=2026-02-30", "to is '2026-02-30'"),
        ("to=20260301", "must be a date like 2026-03-01"),
        ("to=2026-W10-1", "must be a date like 2026-03-01"),
        ("from=1740000000", "must be a date like 2026-03-01"),
        ("from=2026-03-01&from=2026-03-02", "from is there 2 times"),
        ("since=2026-03-01", "no parameter 'since'"),
        ("first=2026-03-01", "no parameter 'first'"),
    ],
)
def test_a_bad_span_is_named_in_a_problem_document(
    league: ReadSide, route: str, parameters: str, says: str
) -> None:
    response = league.get(f"/traders/Ada{route}?{parameters}")
    assert response.status_code == 400
    assert says.lower() in response.json_body["detail"].lower()


def test_the_profile_takes_no_other_parameters(league: ReadSide) -> None:
    response = league.get("/traders/Ada?window=7d")
    assert response.status_code == 400
    assert "known are: as" in response.json_body["detail"]


def test_transactions_are_for_the_trader_alone(league: ReadSide) -> None:
    response = league.get("/traders/Ada/transactions")
    assert response.status_code == 403
    assert response.json_body["detail"].startswith("Only Ada sees")


class TestPerformance:
    def test_by_default_it_is_seven_days_and_the_running_one(self, league: ReadSide) -> None:
        for back in range(1, 8):
            league.day(0, league.today - back, index=2.0 - back / 10, btc=str(60000 - back * 1000))
        league.write(0, Kind.HOUR, HOUR, index=2.6)
        league.prices(HOUR, BTC="66250")
        with league.client() as client:
            performance = client.json("/traders/Ada/performance")
        assert (performance["from"], performance["to"]) == ("2026-02-22", "2026-03-01")
        assert len(performance["days"]) == 8
        assert performance["days"][0] == {
            "date": "2026-02-22",
            "cumulative_pct": "0.00",
            "btc_pct": "0.00",
            "imported": False,
        }
        assert performance["days"][7] == {
            "date": "2026-03-01",
            "cumulative_pct": "100.00",
            "btc_pct": "25.00",
            "imported": False,
        }

    def test_at_midnight_the_running_day_starts_with_the_mark_of_midnight(self) -> None:
        league = ReadSide(hour=HOUR + 12, now=at(hours=12, minutes=5))
        league.join("Ada", index=1.5)
        league.publish([0])
        league.day(0, league.today - 1, index=1.5, btc="50000")
        league.prices(HOUR + 12, BTC="50000")
        with league.client() as client:
            days = client.json("/traders/Ada/performance")["days"]
        assert [day["date"] for day in days[-2:]] == ["2026-03-01", "2026-03-02"]
        assert [day["cumulative_pct"] for day in days[-2:]] == ["0.00", "0.00"]

    def test_days_without_a_mark_and_to_come_are_null(self, league: ReadSide) -> None:
        league.day(0, league.today - 2, index=1.0)
        with league.client() as client:
            days = client.json("/traders/Ada/performance?from=2026-02-26&to=2026-03-02")["days"]
        assert [day["cumulative_pct"] for day in days] == [None, "0.00", None, "0.00", None]

    @pytest.mark.parametrize(
        ("parameters", "count"),
        [
            ("from=2025-03-01", 366),
            ("to=2026-02-10", 8),
            ("from=2026-03-01&to=2026-03-01", 1),
            ("from=2023-12-31&to=2024-12-30", 366),
        ],
    )
    def test_a_span_of_up_to_366_days_is_answered(
        self, league: ReadSide, parameters: str, count: int
    ) -> None:
        with league.client() as client:
            performance = client.json(f"/traders/Ada/performance?{parameters}")
        assert len(performance["days"]) == count

    def test_before_the_first_board_it_has_no_numbers(self) -> None:
        league = ReadSide()
        league.join("Ada")
        days = league.get("/traders/Ada/performance").json_body["days"]
        assert [day["cumulative_pct"] for day in days] == [None] * 8


def trades(league: ReadSide, parameters: str = "") -> dict[str, Any]:
    """The answer of Ada's list of trades."""
    with league.client() as client:
        answer: dict[str, Any] = client.json(f"/traders/Ada/trades{parameters}")
    return answer


class TestTrades:
    def open_hours(self, league: ReadSide, *hours: int, value: float = 10_000.0) -> None:
        """Store value and prices around these hours, counted from the board's."""
        for step in hours:
            league.write(0, Kind.HOUR, HOUR + step, value=value)
            league.prices(HOUR + step + 1, BTC="60000.50", ETH="3000")

    def test_by_default_a_row_is_an_hour_a_pair_a_side_and_a_range(self, league: ReadSide) -> None:
        self.open_hours(league, -1, -3)
        bought = fill(executed_at=at(minutes=-30), quantity="0.01")
        sold = fill(trade_id=2, base="ETH", side=Side.SELL, executed_at=at(minutes=-130))
        league.fakes.ledger.add("A0", [bought, sold])
        answer = trades(league)
        assert (answer["view"], answer["next_cursor"]) == ("guarded", None)
        assert answer["as_of"] == "2026-03-01T12:00:00Z"
        assert answer["trades"] == [
            {
                "at": "2026-03-01T11:00:00Z",
                "precision": "hour",
                "pair": "BTC/USDT",
                "side": "buy",
                "price": "60000.5",
                "size_pct": "5-20",
            },
            {
                "at": "2026-03-01T09:00:00Z",
                "precision": "hour",
                "pair": "ETH/USDT",
                "side": "sell",
                "price": "3000",
                "size_pct": ">50",
            },
        ]

    def test_the_running_hour_is_not_shown(self, league: ReadSide) -> None:
        self.open_hours(league, 0)
        league.fakes.ledger.add("A0", [fill(executed_at=NOON)])
        assert trades(league)["trades"] == []

    def test_an_old_hour_takes_the_value_of_its_days_opening_mark(self, league: ReadSide) -> None:
        hours = 24 * 50
        league.day(0, league.today - 51, index=6.0)
        league.prices(HOUR - hours + 1, BTC="60000")
        league.fakes.ledger.add("A0", [fill(executed_at=at(hours=-hours), quantity="0.001")])
        row = trades(league, "?from=2026-01-01&to=2026-01-31")["trades"][0]
        assert (row["at"], row["size_pct"]) == ("2026-01-10T12:00:00Z", "1-5")

    def test_an_exact_list_has_every_fill_and_no_quantity(self) -> None:
        league = ReadSide()
        league.join("Ada", visibility=Visibility(trades=TradesView.EXACT))
        league.publish([0])
        league.fakes.ledger.add("A0", [fill(price="59000.10", executed_at=at(seconds=-10))])
        answer = trades(league)
        assert answer["view"] == "exact"
        assert answer["trades"] == [
            {
                "at": "2026-03-01T11:59:50Z",
                "precision": "second",
                "pair": "BTC/USDT",
                "side": "buy",
                "price": "59000.1",
                "size_pct": None,
            }
        ]

    @pytest.mark.parametrize(
        "visibility",
        [
            Visibility(trades=TradesView.HIDDEN),
            Visibility(trades_for=Audience.FOLLOWERS),
            Visibility(trades=TradesView.EXACT, trades_for=Audience.NOBODY),
        ],
    )
    def test_hidden_trades_are_not_listed(self, visibility: Visibility) -> None:
        league = ReadSide()
        league.join("Ada", visibility=visibility)
        league.publish([0])
        league.fakes.ledger.add("A0", [fill(executed_at=at(minutes=-5))])
        answer = trades(league)
        assert (answer["view"], answer["trades"]) == ("hidden", [])

    def test_before_the_first_board_there_are_none(self) -> None:
        league = ReadSide()
        league.join("Ada")
        assert trades(league)["trades"] == []

    def test_pages_follow_each_other_while_new_hours_close(self) -> None:
        league = ReadSide()
        league.join("Ada", visibility=Visibility(trades=TradesView.EXACT))
        league.publish([0])
        made = [fill(trade_id=n, executed_at=at(minutes=-20 * n - 1)) for n in range(120)]
        league.fakes.ledger.add("A0", made)
        seen: list[str] = []
        cursor = ""
        while cursor is not None:
            answer = trades(league, f"?cursor={cursor}")
            seen += [row["at"] for row in answer["trades"]]
            cursor = answer["next_cursor"]
            league.hour, league.now = league.hour + 1, league.now + timedelta(hours=1)
            late = fill(trade_id=1000 + league.hour, executed_at=league.now - timedelta(minutes=30))
            league.fakes.ledger.add("A0", [late])
            league.publish([0])
        assert len(seen) == 120
        assert seen == sorted(seen, reverse=True)

    def test_fills_of_all_accounts_are_one_list(self, league: ReadSide) -> None:
        self.open_hours(league, -1)
        rows = league.fakes.holdings.of_seat(0)
        league.fakes.holdings.create(type(rows[0])(**_fields(rows[0]) | {"account_id": "B0"}))
        for account in ("A0", "B0"):
            bought = fill(executed_at=at(minutes=-30), quantity="0.01")
            league.fakes.ledger.add(account, [bought])
        assert [row["size_pct"] for row in trades(league)["trades"]] == ["5-20"]

    @pytest.mark.parametrize("change", ["?from=2026-01-01&to=2026-01-02", ""])
    def test_a_cursor_of_another_list_is_refused(self, change: str) -> None:
        league = ReadSide()
        league.join("Ada", visibility=Visibility(trades=TradesView.EXACT))
        league.join("Bo")
        league.publish([0, 1])
        made = [fill(trade_id=n, executed_at=at(minutes=-n - 1)) for n in range(60)]
        league.fakes.ledger.add("A0", made)
        cursor = trades(league)["next_cursor"]
        path = f"/traders/Ada/trades{change}&cursor=" if change else "/traders/Bo/trades?cursor="
        assert league.get(path + cursor).status_code == 400


def _fields(row: object) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).__slots__}  # type: ignore[attr-defined]
