"""GET /board and /status: fields, pages, search, caching, errors."""

import base64
import json
from datetime import timedelta

import pytest

from chalicelib.domain.account import Visibility
from chalicelib.domain.block import Flag, Kind, Standing
from chalicelib.domain.errors import StoreUnavailable
from chalicelib.domain.exchange_condition import Condition, ExchangeCondition
from tests.builders import NOON, at, prices
from tests.fakes import FakeBoards
from tests.read_side import HOUR, ReadSide

NOBODY = {"joined": 0, "active": 0, "retired": 0, "ranked": 0, "median_pct": None}


@pytest.fixture
def league() -> ReadSide:
    """Five traders, best first; the last is not ranked."""
    made = ReadSide()
    for number, name in enumerate(("Ada", "Bo", "Cleo", "Adam", "Eve")):
        made.join(name, shown=900 - 150 * number)
    made.publish([0, 1, 2, 3, 4], ranked=4)
    return made


def names(board: dict[str, list[dict[str, str]]]) -> list[str]:
    """The names on a page."""
    return [row["name"] for row in board["traders"]]


class TestBoard:
    def test_a_row_has_the_fields_of_the_contract(self) -> None:
        league = ReadSide()
        standing = Standing.RANKED | Standing.CAPPED
        league.join("Ada", shown={"24h": 450, "7d": -5, "30d": 100001}, standing=standing)
        league.publish([0])
        with league.client() as client:
            board = client.json("/board?window=7d")
        assert board == {
            "window": "7d",
            "as_of": "2026-03-01T12:00:00Z",
            "next_cursor": None,
            "league": {"joined": 1, "active": 1, "retired": 0, "ranked": 1, "median_pct": "0.07"},
            "traders": [
                {
                    "rank": 1,
                    "rank_change": 1,
                    "name": "Ada",
                    "exchange": "binance",
                    "pnl_24h_pct": "4.50",
                    "pnl_7d_pct": "-0.05",
                    "pnl_30d_pct": "1000.01",
                    "capped": True,
                    "max_drawdown_pct": "1.20",
                    "trend": [50] * 28,
                    "followers": 0,
                    "status": "active",
                }
            ],
        }

    def test_who_is_not_ranked_has_no_rank_and_says_so(self, league: ReadSide) -> None:
        with league.client() as client:
            row = client.json("/board")["traders"][4]
        assert (row["rank"], row["rank_change"], row["status"]) == (None, None, "not_ranked_yet")

    def test_unknown_numbers_are_null(self) -> None:
        league = ReadSide()
        league.join("Ada", shown=None, exchanges=("binance", "other"))
        league.publish([0], ranked=0)
        with league.client() as client:
            row = client.json("/board?window=30d")["traders"][0]
        assert row["pnl_24h_pct"] is row["pnl_7d_pct"] is row["pnl_30d_pct"] is None
        assert row["exchange"] == "binance, other"

    @pytest.mark.parametrize("flags", [Flag.MARK | Flag.STALE, Flag.MARK | Flag.PARTIAL, Flag(0)])
    def test_old_or_missing_data_is_said(self, flags: Flag) -> None:
        league = ReadSide()
        league.join(flags=flags)
        league.publish([0])
        with league.client() as client:
            assert client.json("/board")["traders"][0]["status"] == "stale"

    def test_who_retired_is_listed_as_retired(self) -> None:
        league = ReadSide()
        league.join(retired_at=NOON)
        league.publish([0], ranked=0)
        with league.client() as client:
            assert client.json("/board")["traders"][0]["status"] == "retired"

    def test_before_the_first_board_nobody_is_on_it(self) -> None:
        with ReadSide().client() as client:
            board = client.json("/board")
        assert (board["as_of"], board["league"], board["traders"]) == (None, NOBODY, [])

    def test_pages_follow_each_other_to_the_end(self, league: ReadSide) -> None:
        pages = []
        cursor = ""
        with league.client() as client:
            while cursor is not None:
                board = client.json(f"/board?limit=2&cursor={cursor}")
                pages.append(names(board))
                cursor = board["next_cursor"]
        assert pages == [["Ada", "Bo"], ["Cleo", "Adam"], ["Eve"]]

    def test_a_trader_who_left_the_list_after_the_board_was_made_is_not_shown(
        self, league: ReadSide
    ) -> None:
        seats = league.fakes.seats.of_seats([1])
        league.fakes.seats.put(type(seats[1])(1, "T1", "Bo", ("binance",), listed=False))
        with league.client() as client:
            assert names(client.json("/board")) == ["Ada", "Cleo", "Adam", "Eve"]

    def test_traders_of_many_blocks_are_on_one_page(self) -> None:
        league = ReadSide()
        league.fakes.traders.handed_out = 255
        league.join("Last", shown=100)
        league.join("First", shown=200)
        league.publish([256, 255])
        with league.client() as client:
            rows = client.json("/board")["traders"]
        assert [(row["name"], row["pnl_24h_pct"]) for row in rows] == [
            ("First", "2.00"),
            ("Last", "1.00"),
        ]


class TestSearch:
    @pytest.mark.parametrize(
        ("q", "found"), [("ad", ["Ada", "Adam"]), ("ADA", ["Ada", "Adam"]), ("x", []), ("%20", [])]
    )
    def test_a_name_is_found_by_its_start_whatever_the_case(
        self, league: ReadSide, q: str, found: list[str]
    ) -> None:
        with league.client() as client:
            assert names(client.json(f"/board?q={q}")) == found

    def test_ranks_are_those_of_the_whole_board(self, league: ReadSide) -> None:
        with league.client() as client:
            rows = client.json("/board?q=ad")["traders"]
        assert [row["rank"] for row in rows] == [1, 4]

    def test_results_are_paged(self, league: ReadSide) -> None:
        with league.client() as client:
            first = client.json("/board?q=ad&limit=1")
            second = client.json(f"/board?q=ad&limit=1&cursor={first['next_cursor']}")
        assert (names(first), names(second), second["next_cursor"]) == (["Ada"], ["Adam"], None)

    def test_who_retired_long_ago_is_found_and_who_is_not_listed_is_not(self) -> None:
        league = ReadSide()
        league.join("Old", retired_at=NOON - timedelta(days=90))
        league.join("Older", visibility=Visibility(listed=False))
        league.publish([])
        with league.client() as client:
            assert names(client.json("/board?q=old")) == ["Old"]

    def test_a_claimed_name_without_a_trader_is_not_shown(self, league: ReadSide) -> None:
        league.fakes.traders.claim_name("Adopted", "nobody", 77, NOON)
        with league.client() as client:
            assert names(client.json("/board?q=ad")) == ["Ada", "Adam"]


def tampered(cursor: str, **numbers: int) -> str:
    """`cursor` with other numbers and its old sum."""
    content = json.loads(base64.urlsafe_b64decode(cursor + "==")) | numbers
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


class TestCursors:
    @pytest.fixture
    def cursor(self, league: ReadSide) -> str:
        """That of the second page."""
        with league.client() as client:
            return str(client.json("/board?limit=2")["next_cursor"])

    def test_it_carries_hour_revision_and_place_and_no_name_or_seat(self, cursor: str) -> None:
        content = json.loads(base64.urlsafe_b64decode(cursor + "=="))
        assert set(content) == {"v", "of", "hour", "revision", "place", "sum"}

    @pytest.mark.parametrize("change", [{"place": 4}, {"place": -1}, {"extra": 1}, {"v": 2}])
    def test_a_changed_one_is_refused(
        self, league: ReadSide, cursor: str, change: dict[str, int]
    ) -> None:
        response = league.get(f"/board?limit=2&cursor={tampered(cursor, **change)}")
        assert response.status_code == 400
        assert "begin at the first page" in response.json_body["detail"]

    @pytest.mark.parametrize("text", ["x", "%00", "e30", "bm9uc2Vuc2U", "=", "W10", "é"])
    def test_nonsense_is_refused(self, league: ReadSide, text: str) -> None:
        assert league.get(f"/board?cursor={text}").status_code == 400

    @pytest.mark.parametrize("other", ["window=7d&limit=2", "q=ad&limit=2"])
    def test_one_of_another_list_is_refused(
        self, league: ReadSide, cursor: str, other: str
    ) -> None:
        assert league.get(f"/board?{other}&cursor={cursor}").status_code == 400

    @pytest.mark.parametrize(("hour", "revision"), [(HOUR + 1, 0), (HOUR, 1)])
    def test_one_of_a_replaced_board_answers_with_the_first_page(
        self, league: ReadSide, cursor: str, hour: int, revision: int
    ) -> None:
        league.hour = hour
        league.publish([0], revision=revision)
        response = league.get(f"/board?limit=2&cursor={cursor}")
        assert response.status_code == 409
        assert response.json_body["first_page"] == "/api/board?window=24h&limit=2"


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ("window=1y", "window"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.0", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=%205", "limit"),
        ("limit=5&limit=6", "limit"),
        ("window=7d&window=7d", "window"),
        ("cursor=" + "a" * 500, "cursor"),
        ("q=" + "a" * 31, "q"),
        ("colour=red", "colour"),
        ("Window=7d", "Window"),
    ],
)
def test_a_bad_parameter_is_named_in_a_problem_document(
    league: ReadSide, parameters: str, says: str
) -> None:
    response = league.get(f"/board?{parameters}")
    problem = response.json_body
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert (problem["status"], problem["title"]) == (400, "Bad Request")
    assert says.lower() in problem["detail"].lower()
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize("parameters", ["window=&limit=&cursor=&q=", "q=ada&cursor="])
def test_an_empty_parameter_is_as_if_absent(league: ReadSide, parameters: str) -> None:
    assert league.get(f"/board?{parameters}").status_code == 200


def test_the_status_route_takes_no_parameters(league: ReadSide) -> None:
    assert league.get("/status?a=1").status_code == 400


def test_a_wrong_method_is_a_problem_document(league: ReadSide) -> None:
    with league.client() as client:
        response = client.client.http.post("/board")
    assert response.status_code == 405
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Allow"] == "GET"


class _Throttled(FakeBoards):
    def current(self, window: str) -> None:
        raise StoreUnavailable("table history: throttled")


def test_a_throttled_table_asks_to_try_again_and_tells_nothing_else(league: ReadSide) -> None:
    league.fakes.boards = _Throttled()
    response = league.get("/board")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "history" not in response.json_body["detail"]


class TestCaching:
    def test_an_answer_is_kept_to_the_next_full_hour(self, league: ReadSide) -> None:
        response = league.get("/board")
        assert response.headers["Cache-Control"] == "public, max-age=2400"
        assert response.headers["Vary"] == "Authorization"

    def test_while_the_hours_board_is_still_to_come_it_is_kept_for_seconds(
        self, league: ReadSide
    ) -> None:
        league.now = NOON + timedelta(hours=1, seconds=3)
        assert league.get("/board").headers["Cache-Control"] == "public, max-age=5"

    def test_the_tag_stays_within_the_hour_and_changes_with_the_board(
        self, league: ReadSide
    ) -> None:
        first = league.get("/board").headers["ETag"]
        league.now += timedelta(minutes=30)
        assert league.get("/board").headers["ETag"] == first
        league.publish([1, 0, 2, 3, 4], revision=1)
        assert league.get("/board").headers["ETag"] != first

    @pytest.mark.parametrize("form", ["{}", "W/{}", '"old", {}', "*"])
    def test_who_has_it_gets_no_body(self, league: ReadSide, form: str) -> None:
        tag = league.get("/board").headers["ETag"]
        response = league.get("/board", If_None_Match=form.format(tag))
        assert (response.status_code, response.body) == (304, b"")
        assert response.headers["ETag"] == tag
        assert response.headers["Cache-Control"] == "public, max-age=2400"

    def test_an_old_tag_gets_the_answer(self, league: ReadSide) -> None:
        assert league.get("/board", If_None_Match='"old"').status_code == 200

    @pytest.mark.parametrize(
        "path", ["/board", "/status", "/traders/Ada", "/traders/Ada/trades", "/openapi.json"]
    )
    def test_an_answer_to_a_token_is_kept_by_nobody(self, league: ReadSide, path: str) -> None:
        response = league.get(path, Authorization="Bearer T0", If_None_Match="*")
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["Vary"] == "Authorization"
        assert "ETag" not in response.headers


class TestStatus:
    def test_it_tells_version_hour_and_how_many_are_fresh(self, league: ReadSide) -> None:
        league.write(1, Kind.HOUR, HOUR, flags=Flag.MARK | Flag.STALE)
        league.write(2, Kind.HOUR, HOUR, flags=Flag(0))
        with league.client() as client:
            assert client.json("/status") == {
                "version": "0.1.0",
                "last_hour_ranked": "2026-03-01T12:00:00Z",
                "active": 5,
                "fresh": 3,
                "exchange": None,
                "prices": None,
                "banner": None,
            }

    def test_it_tells_how_the_exchange_does_and_of_when_the_prices_are(
        self, league: ReadSide
    ) -> None:
        since, until = at(minutes=-48), at(hours=2, seconds=0.4)
        league.fakes.conditions.put("binance", ExchangeCondition(Condition.BANNED, since, until))
        league.fakes.prices.put_latest(prices(league.now - timedelta(seconds=61.5)))
        with league.client() as client:
            status = client.json("/status")
        assert status["exchange"] == {
            "name": "binance",
            "state": "banned",
            "since": "2026-03-01T11:12:00Z",
            "until": "2026-03-01T14:00:00Z",
        }
        assert status["prices"] == {"taken_at": "2026-03-01T12:18:58Z", "age_s": 61}

    def test_it_is_kept_no_longer_than_the_newest_prices(self, league: ReadSide) -> None:
        assert league.get("/status").headers["Cache-Control"] == "public, max-age=15"

    def test_before_the_first_board_there_is_no_hour(self) -> None:
        with ReadSide().client() as client:
            assert client.json("/status")["last_hour_ranked"] is None
