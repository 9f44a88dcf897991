"""GET /me/follows, PUT and DELETE /me/follows/{name}."""

import pytest

from chalicelib.domain.account import Audience, Visibility
from chalicelib.domain.block import Kind
from chalicelib.domain.follow import MOST_FOLLOWS, Follow
from tests.builders import NOON
from tests.read_side import ReadSide

VIEW = {"allocation": [["BTC", 100]], "coins": [["BTC", 5, None]], "risk": [None, None, None]}


@pytest.fixture
def league() -> ReadSide:
    """Ada (T0), Bo (T1) who shows his allocation to followers alone, and Hidden (T2)."""
    made = ReadSide()
    made.join("Ada")
    made.join("Bo", visibility=Visibility(allocation_for=Audience.FOLLOWERS))
    made.join("Hidden", visibility=Visibility(listed=False))
    made.note(0, Kind.SLOW, 0, view={"1": VIEW})
    made.publish([0, 1])
    return made


def test_whom_i_follow_is_on_my_list_with_his_numbers(league: ReadSide) -> None:
    with league.client() as client:
        made = client.send("PUT", "/me/follows/BO", "T0")
        assert made.json_body == {"name": "Bo", "since": "2026-03-01T12:20:00Z"}
        follows = client.json("/me/follows", "T0")["follows"]
    assert follows == [
        {
            "name": "Bo",
            "since": "2026-03-01T12:20:00Z",
            "listed": True,
            "rank": 2,
            "pnl_24h_pct": "4.50",
            "pnl_7d_pct": "4.50",
            "pnl_30d_pct": "4.50",
            "capped": False,
            "max_drawdown_pct": "1.20",
            "followers": 1,
            "status": "active",
        }
    ]


def test_followers_are_counted_on_board_and_profile(league: ReadSide) -> None:
    with league.client() as client:
        for _ in range(2):
            client.send("PUT", "/me/follows/Bo", "T0")
        assert [row["followers"] for row in client.json("/board")["traders"]] == [0, 1]
        assert client.json("/traders/Bo")["followers"] == 1
        assert client.send("DELETE", "/me/follows/Bo", "T0").status_code == 204
        assert client.json("/traders/Bo")["followers"] == 0


def test_a_follower_sees_what_is_for_followers(league: ReadSide) -> None:
    with league.client() as client:
        assert client.json("/traders/Bo", "T0")["allocation"] is None
        client.send("PUT", "/me/follows/Bo", "T0")
        assert client.json("/traders/Bo", "T0")["allocation"] is not None
        assert client.json("/traders/Bo")["allocation"] is None
        as_follower = client.get("/traders/Bo?as=follower", Authorization="Bearer T1").body
        assert as_follower == client.get("/traders/Bo", Authorization="Bearer T0").body
        client.send("DELETE", "/me/follows/Bo", "T0")
        assert client.json("/traders/Bo", "T0")["allocation"] is None


def test_the_first_follow_stays_the_beginning(league: ReadSide) -> None:
    league.fakes.follows.put(Follow("T0", "T1", 1, NOON))
    with league.client() as client:
        made = client.send("PUT", "/me/follows/Bo", "T0")
    assert made.json_body["since"] == "2026-03-01T12:00:00Z"


@pytest.mark.parametrize(
    ("name", "status", "told"),
    [
        ("Nobody", 404, "no trader is called 'Nobody'"),
        ("Hidden", 404, "no trader is called 'Hidden'"),
        ("x" * 200, 404, "no trader is called"),
        ("Ada", 400, "cannot follow yourself"),
    ],
)
def test_who_cannot_be_followed(league: ReadSide, name: str, status: int, told: str) -> None:
    with league.client() as client:
        response = client.send("PUT", f"/me/follows/{name}", "T0")
    assert response.status_code == status
    assert told in response.json_body["detail"].replace("No", "no", 1).replace("You ", "you ")


def test_one_who_went_into_hiding_is_a_name_without_numbers(league: ReadSide) -> None:
    with league.client() as client:
        client.send("PUT", "/me/follows/Bo", "T0")
        client.send("PATCH", "/me", "T1", {"listed": False})
        [row] = client.json("/me/follows", "T0")["follows"]
        assert (row["name"], row["listed"], row["pnl_24h_pct"]) == ("Bo", False, None)
        assert client.get("/traders/Bo", Authorization="Bearer T0").status_code == 404
        assert client.send("DELETE", "/me/follows/Bo", "T0").status_code == 204
        assert client.send("DELETE", "/me/follows/Bo", "T0").status_code == 404


def test_there_is_an_end_to_following(league: ReadSide) -> None:
    for number in range(MOST_FOLLOWS):
        league.fakes.follows.put(Follow("T0", f"L{number}", 1000 + number, NOON))
    with league.client() as client:
        response = client.send("PUT", "/me/follows/Bo", "T0")
    assert response.status_code == 409
    assert str(MOST_FOLLOWS) in response.json_body["detail"]


@pytest.mark.parametrize("kind", ["application/octet-stream", "text/plain", ""])
def test_following_takes_no_body_and_asks_for_no_kind_of_one(league: ReadSide, kind: str) -> None:
    named = {"Authorization": "Bearer T0", "X-League-Request": "1", "Content-Type": kind}
    with league.client() as client:
        made = client.client.http.request("PUT", "/me/follows/Bo", headers=named)
    assert made.status_code == 200


def test_a_change_needs_our_own_header_and_a_session(league: ReadSide) -> None:
    with league.client() as client:
        for method in ("PUT", "DELETE"):
            named = {"Authorization": "Bearer T0"}
            bare = client.client.http.request(method, "/me/follows/Bo", headers=named)
            assert bare.status_code == 403
            own = {"X-League-Request": "1"}
            assert (
                client.client.http.request(method, "/me/follows/Bo", headers=own).status_code == 401
            )
