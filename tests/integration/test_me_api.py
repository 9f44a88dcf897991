"""GET and PATCH /me, GET /me/balance: the signed-in trader."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.domain.account import AccountState, Audience, TradesView
from chalicelib.domain.block import Kind
from chalicelib.domain.imported import ImportedDay, ImportedLine
from chalicelib.domain.ledger import ChangeKind
from chalicelib.domain.market import PriceList
from tests.builders import (
    NOON,
    account_holdings,
    asset_price,
    at,
    balance_change,
    exchange_account,
    fill,
    quantity,
)
from tests.read_side import HOUR, REQUESTED_AT, ReadSide

VIEW = {"allocation": [["BTC", 100]], "coins": [["BTC", 5, None]], "risk": [None, None, None]}


@pytest.fixture
def league() -> ReadSide:
    """Ada (T0) holds bitcoin and dollars; Bo (T1) is somebody else."""
    made = ReadSide()
    made.join("Ada")
    made.join("Bo")
    made.note(0, Kind.SLOW, 0, view={"0": VIEW, "1": VIEW})
    made.publish([0, 1])
    made.fakes.holdings.create(
        account_holdings(
            account_id="A0",
            trader_id="T0",
            link_number=2,
            linked_at=at(hours=-30),
            quantities={
                "BTC": quantity("0.5", at(minutes=5)),
                "USDT": quantity("250.5", at(minutes=5)),
                "NEW": quantity("7", at(minutes=5)),
            },
        )
    )
    assets = {"BTC": asset_price("66000", quoted_at=at(minutes=19))}
    made.fakes.prices.put_latest(PriceList(at(minutes=19, seconds=45), assets))
    made.fakes.ledger.add(
        "A0",
        [
            balance_change(kind=ChangeKind.LINK, quantity="30250.5", changed_at=at(hours=-30)),
            fill(executed_at=at(minutes=5), quantity="0.5", price="60000", trade_id=9),
        ],
    )
    return made


class TestMe:
    def test_it_says_who_i_am_and_what_others_see(self, league: ReadSide) -> None:
        for account, state in (("A0", AccountState.CHECKING), ("Old", AccountState.UNLINKED)):
            league.fakes.accounts.save(
                exchange_account(account_id=account, trader_id="T0", state=state)
            )
        with league.client() as client:
            me = client.json("/me", "T0")
        assert me["name"] == "Ada"
        assert me["accounts"] == [
            {"exchange": "binance", "state": "checking", "linked_at": "2026-03-01T12:00:00Z"}
        ]
        assert me["settings"] == {
            "listed": True,
            "trades": "guarded",
            "trades_for": "everyone",
            "allocation_for": "everyone",
        }
        assert "factor of ten" in me["promise"]
        assert me["others_see_it_by"] == "2026-03-01T13:00:00Z"

    def test_without_a_token_nobody_is_told_anything(self, league: ReadSide) -> None:
        for path in ("/me", "/me/balance", "/me/follows"):
            response = league.get(path)
            assert response.status_code == 401
            assert response.headers["WWW-Authenticate"] == "Bearer"

    def test_a_change_counts_from_the_next_answer_on(self, league: ReadSide) -> None:
        change = {"trades": "exact", "trades_for": "followers", "allocation_for": "nobody"}
        with league.client() as client:
            changed = client.send("PATCH", "/me", "T0", change)
            assert changed.json_body["settings"] == {"listed": True, **change}
            assert "worked out" in changed.json_body["meanings"]["trades"]
            assert client.json("/traders/Ada")["allocation"] is None
        shown = league.fakes.traders.get("T0").visibility
        assert (shown.trades, shown.allocation_for) == (TradesView.EXACT, Audience.NOBODY)

    def test_one_who_is_not_listed_is_on_no_list_but_sees_himself(self, league: ReadSide) -> None:
        with league.client() as client:
            client.send("PATCH", "/me", "T0", {"listed": False})
            assert [row["name"] for row in client.json("/board")["traders"]] == ["Bo"]
            assert client.get("/traders/Ada").status_code == 404
            assert client.json("/traders/Ada", "T0")["name"] == "Ada"
            client.send("PATCH", "/me", "T0", {"listed": True})
            assert client.json("/traders/Ada")["name"] == "Ada"

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            ({"balance": "1"}, "known are: listed, trades, trades_for, allocation_for"),
            ({"trades": "secret"}, "trades"),
            ({"listed": "no"}, "listed"),
            ({}, "ame at least one of: listed"),
            ([], "no object"),
        ],
    )
    def test_what_is_not_a_setting_is_refused_and_named(
        self, league: ReadSide, content: object, told: str
    ) -> None:
        before = league.fakes.traders.get("T0")
        with league.client() as client:
            response = client.send("PATCH", "/me", "T0", content)
        assert response.status_code == 400
        assert told in response.json_body["detail"]
        assert league.fakes.traders.get("T0") == before


class TestBalance:
    def test_it_is_of_now_with_the_age_of_both(self, league: ReadSide) -> None:
        with league.client() as client:
            balance = client.json("/me/balance", "T0")
        assert balance["balance_usdt"] == "33250.5"
        assert (balance["balance_age_s"], balance["prices_age_s"]) == (900, 15)
        assert balance["unpriced"] == ["NEW"]
        assert balance["coins"][0] == {
            "asset": "BTC",
            "quantity": "0.5",
            "price_usdt": "66000",
            "value_usdt": "33000",
            "share_pct": "99.24662787",
            "average_cost_usdt": "60000",
            "last_buy_price_usdt": "60000",
            "last_bought_at": "2026-03-01T12:05:00Z",
            "since_last_buy_pct": "10.00",
        }
        assert balance["coins"][1]["since_last_buy_pct"] is None

    def test_before_the_first_prices_it_is_unknown_and_not_0(self, league: ReadSide) -> None:
        league.fakes.prices = type(league.fakes.prices)()
        with league.client() as client:
            balance = client.json("/me/balance", "T0")
        assert balance["balance_usdt"] is None
        assert balance["unpriced"] == ["BTC", "NEW", "USDT"]

    def test_an_unlinked_account_holds_nothing(self, league: ReadSide) -> None:
        row = league.fakes.holdings.get(0, "A0")
        assert row is not None
        league.fakes.holdings.create(
            account_holdings(account_id="A0", trader_id="T0", link_number=3, unlinked_at=NOON)
        )
        with league.client() as client:
            balance = client.json("/me/balance", "T0")
        assert (balance["balance_usdt"], balance["balance_age_s"]) == ("0", None)

    def test_a_price_out_of_two_fills_has_eight_decimals(self, league: ReadSide) -> None:
        fills = [
            fill(executed_at=at(minutes=6), quantity="0.1", price="60000", trade_id=10),
            fill(executed_at=at(minutes=6), quantity="0.3", price="60001", trade_id=11),
        ]
        league.fakes.ledger.add("A0", fills)
        with league.client() as client:
            balance = client.json("/me/balance", "T0")
        assert balance["coins"][0]["last_buy_price_usdt"] == "60000.33333333"


class TestOwnProfile:
    def test_it_has_balance_and_windows(self, league: ReadSide) -> None:
        with league.client() as client:
            owner = client.json("/traders/Ada", "T0")["owner"]
        assert owner["balance_usdt"] == "33250.5"
        assert owner["windows"]["24h"]["shown_pct"] == "4.50"
        assert owner["windows"]["24h"]["not_ranked"] == []

    def test_who_is_new_is_told_when_he_will_be_ranked_and_where_he_would_stand(
        self, league: ReadSide
    ) -> None:
        league.join("New", shown={"24h": 100, "7d": None, "30d": None})
        league.write(2, Kind.SCORES, HOUR, first_hour=HOUR - 3)
        with league.client() as client:
            windows = client.json("/traders/New", "T2")["owner"]["windows"]
        assert windows["24h"]["not_ranked"] == [
            {
                "reason": "short_history",
                "detail": "Your record is younger than this window.",
                "until": "2026-03-02T09:00:00Z",
            }
        ]
        assert (windows["24h"]["preview_pct"], windows["24h"]["would_stand"]) == ("1.00", 3)
        assert windows["7d"]["preview_pct"] is windows["7d"]["would_stand"] is None

    def test_right_after_linking_the_preview_has_imported_days_in_it(
        self, league: ReadSide
    ) -> None:
        league.join("New", shown=None, index=1.0)
        league.write(2, Kind.SCORES, HOUR, first_hour=HOUR)
        days = tuple(
            ImportedDay(league.today - ago, 1 - ago / 20, Decimal(1), Decimal(0), None, True)
            for ago in range(10, 0, -1)
        )
        league.fakes.imports.put_line("T2", ImportedLine(NOON, ("A2",), days))
        with league.client() as client:
            windows = client.json("/traders/New", "T2")["owner"]["windows"]
            assert client.json("/traders/New")["pnl"]["7d"]["pct"] is None
        assert (windows["24h"]["preview_pct"], windows["24h"]["would_stand"]) == ("11.11", 1)
        assert windows["7d"]["preview_pct"] == "66.67"
        assert windows["30d"]["preview_pct"] is None

    def test_others_and_the_visitors_view_of_oneself_have_no_owners_part(
        self, league: ReadSide
    ) -> None:
        with league.client() as client:
            visitors = client.get("/traders/Ada").body
            assert client.get("/traders/Ada", Authorization="Bearer T1").body == visitors
            own = client.get("/traders/Ada?as=visitor", Authorization="Bearer T0").body
        assert own == visitors

    def test_nobody_else_looks_at_a_profile_with_the_eyes_of_its_owner(
        self, league: ReadSide
    ) -> None:
        with league.client() as client:
            for token in ({}, {"Authorization": "Bearer T1"}):
                assert client.get("/traders/Ada?as=owner", **token).status_code == 403

    def test_the_days_have_pnl_and_net_worth(self, league: ReadSide) -> None:
        league.day(0, league.today - 2, index=1.0)
        league.day(0, league.today - 1, index=1.1)
        league.write(0, Kind.DAY, league.today - 1, deposits=40_00000000)
        league.write(0, Kind.HOUR, HOUR - 1, withdrawals=5_00000000)
        with league.client() as client:
            days = client.json("/traders/Ada/performance", "T0")["days"]
            assert "pnl_usdt" not in client.json("/traders/Ada/performance")["days"][0]
        assert [day["net_worth_usdt"] for day in days[-3:]] == ["1000", "1100", "10000"]
        assert [day["pnl_usdt"] for day in days[-3:]] == [None, "60", "8905"]
        assert [day["deposits_usdt"] for day in days[-3:]] == ["0", "40", "0"]
        assert [day["withdrawals_usdt"] for day in days[-3:]] == ["0", "0", "5"]


class TestOwnTrades:
    def test_every_fill_is_there_whatever_others_see(self, league: ReadSide) -> None:
        with league.client() as client:
            client.send("PATCH", "/me", "T0", {"trades": "hidden"})
            trades = client.json("/traders/Ada/trades", "T0")["trades"]
            assert client.json("/traders/Ada/trades")["trades"] == []
        assert trades == [
            {
                "at": "2026-03-01T12:05:00Z",
                "precision": "second",
                "pair": "BTC/USDT",
                "side": "buy",
                "price": "60000",
                "size_pct": None,
                "quantity": "0.5",
                "quote_quantity": "30000",
                "commission": "0",
                "commission_asset": None,
            }
        ]

    def test_pages_follow_each_other_without_gap_or_repeat(self, league: ReadSide) -> None:
        fills = [
            fill(trade_id=100 + n, executed_at=at(hours=-n / 2), quantity=f"0.{n + 1:03}")
            for n in range(120)
        ]
        league.fakes.ledger.add("A0", fills)
        seen: list[str] = []
        cursor = ""
        with league.client() as client:
            while True:
                page = client.json(f"/traders/Ada/trades?cursor={cursor}", "T0")
                seen += [row["quantity"] for row in page["trades"]]
                cursor = page["next_cursor"]
                if cursor is None:
                    break
        assert len(seen) == len(set(seen)) == 121

    def test_a_visitors_cursor_is_none_of_the_owners_list(self, league: ReadSide) -> None:
        league.fakes.ledger.add(
            "A0", [fill(trade_id=n, executed_at=at(minutes=-n)) for n in range(100, 200)]
        )
        with league.client() as client:
            own = client.json("/traders/Ada/trades", "T0")["next_cursor"]
            assert client.get(f"/traders/Ada/trades?cursor={own}").status_code == 400


class TestTransactions:
    def test_they_are_named_and_valued_at_their_moment(self, league: ReadSide) -> None:
        league.fakes.ledger.add(
            "A0",
            [
                balance_change(
                    kind=ChangeKind.WITHDRAWAL,
                    asset="BTC",
                    quantity="-0.1001",
                    network_fee="0.0001",
                    changed_at=at(minutes=-70),
                    change_id="w",
                )
            ],
        )
        league.prices(HOUR - 1, BTC="50000")
        with league.client() as client:
            page = client.json("/traders/Ada/transactions", "T0")
        assert page["transactions"] == [
            {
                "at": "2026-03-01T10:50:00Z",
                "kind": "withdrawal",
                "what": "Withdrawal",
                "asset": "BTC",
                "quantity": "-0.1001",
                "value_usdt": "-5005",
                "network_fee": "0.0001",
            },
            {
                "at": "2026-02-28T06:00:00Z",
                "kind": "link",
                "what": "Account linked: what it held",
                "asset": "USDT",
                "quantity": "30250.5",
                "value_usdt": "30250.5",
                "network_fee": None,
            },
        ]

    def test_a_file_gives_a_row_the_value_that_the_page_gives_it(self, league: ReadSide) -> None:
        """That of its minute, not of its hour."""
        league.fakes.ledger.add(
            "A0",
            [balance_change(asset="BTC", quantity="1", changed_at=at(minutes=-70, seconds=-5))],
        )
        league.prices(HOUR - 1, BTC="50000")
        of_minute = PriceList(at(minutes=-70), {"BTC": asset_price("49000")})
        league.fakes.prices.put_minute(of_minute)
        with league.client() as client:
            page = client.json("/traders/Ada/transactions", "T0")["transactions"]
            path = "/traders/Ada/transactions?format=csv"
            file = client.get(path, Authorization="Bearer T0").body.decode()
        rows = list(csv.DictReader(io.StringIO(file)))
        assert page[0]["value_usdt"] == "49000"
        assert [each["value_usdt"] for each in rows] == [each["value_usdt"] for each in page]

    def test_they_are_nobody_elses(self, league: ReadSide) -> None:
        with league.client() as client:
            for path in ("/traders/Ada/transactions", "/traders/Ada/transactions?as=visitor"):
                token = {"Authorization": f"Bearer {'T0' if 'as=' in path else 'T1'}"}
                assert client.get(path, **token).status_code == 403


class TestFiles:
    @pytest.mark.parametrize(
        "path",
        [
            "/traders/Ada?format=csv",
            "/traders/Ada/trades?format=csv",
            "/traders/Ada/transactions?format=csv",
            "/traders/Ada/performance?format=csv",
            "/me/balance?format=csv",
        ],
    )
    def test_each_list_comes_as_a_file(self, league: ReadSide, path: str) -> None:
        with league.client() as client:
            response = client.get(path, Authorization="Bearer T0")
            assert response.status_code == 200, response.body
            assert client.get(path).status_code in (401, 403)
        assert response.headers["Content-Type"].startswith("text/csv")
        assert response.headers["Cache-Control"] == "private, no-store"
        rows = list(csv.reader(io.StringIO(response.body.decode())))
        assert len(rows) > 1
        assert len({len(row) for row in rows}) == 1

    def test_a_profile_has_each_field_by_its_name(self, league: ReadSide) -> None:
        with league.client() as client:
            response = client.get("/traders/Ada?format=csv", Authorization="Bearer T0")
            whole = client.json("/traders/Ada", "T0")
        assert "Ada-profile.csv" in response.headers["Content-Disposition"]
        rows = dict(csv.reader(io.StringIO(response.body.decode())))
        assert rows["name"] == "Ada"
        assert (rows["pnl.24h.pct"], rows["pnl.24h.capped"]) == ("4.50", "no")
        assert rows["allocation.BTC.share_pct"] == "100"
        assert rows["owner.coins.BTC.quantity"] == "0.5"
        assert (rows["owner.unpriced.1"], rows["risk.sharpe"]) == ("NEW", "")
        assert (
            rows["owner.windows.7d.deposits_usdt"]
            == whole["owner"]["windows"]["7d"]["deposits_usdt"]
        )

    def test_a_coin_that_looks_like_a_formula_does_no_harm(self, league: ReadSide) -> None:
        league.fakes.ledger.add(
            "A0", [balance_change(asset="=1+1", quantity="-3", changed_at=at(minutes=1))]
        )
        with league.client() as client:
            path = "/traders/Ada/transactions?format=csv"
            text = client.get(path, Authorization="Bearer T0").body.decode()
        assert "2026-03-01T12:01:00Z,Deposit,'=1+1,-3,," in text

    def test_a_file_that_is_full_says_where_the_next_begins(
        self, league: ReadSide, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chalicelib.entrypoints.trades_api.MOST_ROWS", 2)
        league.fakes.ledger.add(
            "A0", [fill(trade_id=n, executed_at=at(minutes=-n)) for n in range(1, 4)]
        )
        token = {"Authorization": "Bearer T0"}
        with league.client() as client:
            first = client.get("/traders/Ada/trades?format=csv", **token)
            link = first.headers["Link"]
            address = link[link.index("<") + 1 : link.index(">")].removeprefix("/api")
            second = client.get(address, **token)
        assert "Link" not in second.headers
        rows = [*first.body.decode().split("\r\n"), *second.body.decode().split("\r\n")]
        assert len({row for row in rows if row}) == 5


def test_what_is_answered_to_a_token_is_kept_by_nobody(league: ReadSide) -> None:
    paths = ("/me", "/me/balance", "/me/follows", "/traders/Ada", "/traders/Ada/transactions")
    with league.client() as client:
        for path in paths:
            headers = client.get(path, Authorization="Bearer T0").headers
            assert headers["Cache-Control"] == "private, no-store"
            assert headers["Vary"] == "Authorization"


def test_the_span_of_ones_own_lists_is_checked(league: ReadSide) -> None:
    league.now = REQUESTED_AT + timedelta(days=400)
    with league.client() as client:
        for path in ("/traders/Ada/transactions", "/traders/Ada/trades"):
            for span in ("from=2026-03-02&to=2026-03-01", "from=2025-01-01&to=2026-06-01"):
                response = client.get(f"{path}?{span}", Authorization="Bearer T0")
                assert response.status_code == 400
