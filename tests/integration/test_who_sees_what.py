"""Every route, asked by anyone, another trader, a follower and the owner: the exact fields."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from chalice.test import HTTPResponse

from app import app
from chalicelib.domain.account import Audience, TradesView, Trouble, Visibility
from chalicelib.domain.block import Flag, Kind
from chalicelib.domain.follow import Follow
from chalicelib.domain.hour_file import hour_text
from chalicelib.domain.ledger import ChangeKind, LedgerEntry
from chalicelib.domain.market import PriceList
from chalicelib.domain.visible import DRAWN, VIEWS, Eyes, Part, Relation, Seen, only_visible, paths
from sandbox.edge_cache import Answer, CacheKey, EdgeCache
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
from tests.privacy_table import table
from tests.read_side import HOUR, Asker, ReadSide

DOCUMENT = Path(__file__).parents[2] / "docs/privacy.md"

ANONYMOUS, OTHER, FOLLOWER, OWNER = "anonymous", "other", "follower", "owner"
TOKENS: Mapping[str, str | None] = {ANONYMOUS: None, OTHER: "T1", FOLLOWER: "T2", OWNER: "T0"}

WINDOWS = ("24h", "7d", "30d")
BOARD = {
    *("window", "as_of", "next_cursor", "league", "league.joined", "league.active"),
    *("league.retired", "league.ranked", "league.median_pct", "traders", "traders.rank"),
    *("traders.rank_change", "traders.name", "traders.exchange", "traders.pnl_24h_pct"),
    *("traders.pnl_7d_pct", "traders.pnl_30d_pct", "traders.capped", "traders.trend"),
    *("traders.max_drawdown_pct", "traders.followers", "traders.status"),
}
STATUS = {
    *("version", "last_hour_ranked", "active", "fresh", "exchange", "prices", "banner"),
    *("prices.taken_at", "prices.age_s"),
}
PROFILE = {
    *("name", "exchanges", "joined_at", "as_of", "status", "followers", "pnl", "risk"),
    *(f"pnl.{window}" for window in WINDOWS),
    *(f"pnl.{window}.{each}" for window in WINDOWS for each in ("pct", "rank", "capped")),
    *(f"risk.max_drawdown_{window}_pct" for window in WINDOWS),
    *("risk.volatility_pct", "risk.sharpe", "risk.sortino", "allocation", "coins"),
}
ALLOCATION = {
    *("allocation.asset", "allocation.share_pct", "coins.asset", "coins.change_24h_pct"),
    *("coins.since_last_buy_pct", "coins.state"),
}
BALANCE = {
    *("balance_usdt", "balance_age_s", "prices_age_s", "unpriced", "coins", "coins.asset"),
    *("coins.quantity", "coins.price_usdt", "coins.value_usdt", "coins.share_pct"),
    *("coins.average_cost_usdt", "coins.last_buy_price_usdt", "coins.last_bought_at"),
    "coins.since_last_buy_pct",
}
OWN_WINDOW = {
    *("shown_pct", "twr_pct", "mwr_pct", "pnl_usdt", "deposits_usdt", "withdrawals_usdt"),
    "start_usdt",
    *("capped", "explanation", "not_ranked", "preview_pct", "would_stand"),
}
OWNERS_PROFILE = {
    *("owner", "owner.windows", *(f"owner.{each}" for each in BALANCE)),
    *(f"owner.windows.{window}" for window in WINDOWS),
    *(f"owner.windows.{window}.{each}" for window in WINDOWS for each in OWN_WINDOW),
}
PERFORMANCE = {
    *("from", "to", "days", "days.date", "days.cumulative_pct", "days.btc_pct"),
    "days.imported",
}
OWNERS_PERFORMANCE = {
    *("days.pnl_usdt", "days.net_worth_usdt", "days.deposits_usdt", "days.withdrawals_usdt"),
}
TRADES = {"from", "to", "as_of", "view", "next_cursor", "trades"}
TRADE_ROWS = {
    *("trades.at", "trades.precision", "trades.pair", "trades.side", "trades.price"),
    "trades.size_pct",
}
OWNERS_TRADES = {
    *("trades.quantity", "trades.quote_quantity", "trades.commission"),
    "trades.commission_asset",
}
TRANSACTIONS = {
    *("from", "to", "next_cursor", "transactions", "transactions.at", "transactions.kind"),
    *("transactions.what", "transactions.asset", "transactions.quantity"),
    *("transactions.value_usdt", "transactions.network_fee"),
}
SETTINGS = {"listed", "trades", "trades_for", "allocation_for"}
ME = {
    *("name", "joined_at", "follows", "followers", "promise", "others_see_it_by", "accounts"),
    *("accounts.exchange", "accounts.linked_at", "accounts.state", "settings", "meanings"),
    *(f"{part}.{each}" for part in ("settings", "meanings") for each in SETTINGS),
}
ACCOUNTS = {
    *("accounts", "accounts.id", "accounts.exchange", "accounts.state", "accounts.since"),
    *("accounts.linked_at", "accounts.reasons", "accounts.reasons.code"),
    "accounts.reasons.detail",
    *("accounts.imported", "accounts.imported.state", "accounts.imported.percent"),
    "accounts.imported.detail",
}
FIRST_WINDOW = {
    *("rank", "ranked", "ranked_at", "ranked_in_s", "not_ranked", "preview_pct", "would_stand"),
}
FIRST_DAY = {
    *ACCOUNTS,
    *("as_of", "windows", "line"),
    *(f"windows.{window}" for window in WINDOWS),
    *(f"windows.{window}.{each}" for window in WINDOWS for each in FIRST_WINDOW),
    *(f"line.{each}" for each in PERFORMANCE | OWNERS_PERFORMANCE),
}
FOLLOWS = {
    "follows",
    *("follows.name", "follows.since", "follows.listed", "follows.rank", "follows.capped"),
    *("follows.pnl_24h_pct", "follows.pnl_7d_pct", "follows.pnl_30d_pct", "follows.status"),
    *("follows.max_drawdown_pct", "follows.followers"),
}
IDENTITY = {"email", "second_factor"}
OPENING = {"hour", "file", "id", "commitment", "mark", "salt", "say"}
QUERIES = {"/me/opening": f"?hour={hour_text(HOUR)}"}
PROBLEM = {"type", "title", "status", "detail"}

OPEN_TO_ALL = {
    ("GET", "/openapi.json"),
    *(("POST", f"/session/{each}") for each in ("sign-up", "confirm", "resend", "sign-in")),
    *(("POST", f"/session/{each}") for each in ("refresh", "sign-out", "forgot", "reset")),
}
"""Routes that show nothing of any trader who is not the asker."""

FOR_MEMBERS = {
    ("GET", "/me"),
    ("PATCH", "/me"),
    ("DELETE", "/me"),
    ("GET", "/me/balance"),
    ("GET", "/me/accounts"),
    ("POST", "/me/accounts"),
    ("POST", "/me/accounts/key-pair"),
    ("DELETE", "/me/accounts/{account_id}"),
    ("GET", "/me/follows"),
    ("PUT", "/me/follows/{name}"),
    ("DELETE", "/me/follows/{name}"),
    ("POST", "/me/password"),
    ("POST", "/me/email"),
    ("POST", "/me/email/confirm"),
    ("POST", "/me/second-factor"),
    ("POST", "/me/second-factor/confirm"),
    ("POST", "/me/second-factor/remove"),
}
"""Routes without a trader's name: each member reaches himself alone."""


@dataclass(frozen=True)
class Setting:
    """What Ada set, and which of her chosen parts anyone and a follower then see."""

    visibility: Visibility
    anyone: frozenset[Seen]
    follower: frozenset[Seen]

    def opened(self, who: str) -> frozenset[Seen]:
        if who == OWNER:
            return frozenset(Seen)
        return self.follower if who == FOLLOWER else self.anyone


_A, _T = Seen.ALLOCATION, Seen.TRADES
_SOME = Audience.FOLLOWERS
CASES = {
    "guarded": Setting(Visibility(), frozenset({_A, _T}), frozenset({_A, _T})),
    "exact": Setting(Visibility(trades=TradesView.EXACT), frozenset({_A, _T}), frozenset({_A, _T})),
    "hidden trades": Setting(
        Visibility(trades=TradesView.HIDDEN), frozenset({_A}), frozenset({_A})
    ),
    "trades for followers": Setting(
        Visibility(trades_for=_SOME), frozenset({_A}), frozenset({_A, _T})
    ),
    "exact trades for followers": Setting(
        Visibility(trades=TradesView.EXACT, trades_for=_SOME), frozenset({_A}), frozenset({_A, _T})
    ),
    "trades for nobody": Setting(
        Visibility(trades_for=Audience.NOBODY), frozenset({_A}), frozenset({_A})
    ),
    "allocation for followers": Setting(
        Visibility(allocation_for=_SOME), frozenset({_T}), frozenset({_A, _T})
    ),
    "allocation for nobody": Setting(
        Visibility(allocation_for=Audience.NOBODY), frozenset({_T}), frozenset({_T})
    ),
    "all for followers": Setting(
        Visibility(trades_for=_SOME, allocation_for=_SOME), frozenset(), frozenset({_A, _T})
    ),
}


def league(visibility: Visibility) -> ReadSide:
    """Ada (T0) of whom everything is known; Bo (T1); Cy (T2), who follows her."""
    made = ReadSide()
    made.join("Ada", visibility=visibility)
    made.join("Bo")
    made.join("Cy")
    made.fakes.follows.put(Follow("T2", "T0", 0, NOON))
    for number in range(3):
        made.fakes.follows.put(Follow(f"T{number}", "T1", 1, NOON))
    view = {"allocation": [["BTC", 100]], "coins": [["BTC", 5, 7]], "risk": ["1.00", "2.00", None]}
    made.note(0, Kind.SLOW, 0, view={"0": view})
    for back in range(4):
        made.prices(HOUR - back, BTC="60000")
        made.write(0, Kind.HOUR, HOUR - back - 1, value=10_000.0)
    made.fakes.prices.put_latest(
        PriceList(at(minutes=19), {"BTC": asset_price("66000", quoted_at=at(minutes=19))})
    )
    held = {"BTC": quantity("0.1", at(minutes=-50)), "USDT": quantity("31", at(minutes=-50))}
    made.fakes.holdings.create(
        account_holdings(account_id="A0", trader_id="T0", link_number=2, quantities=held)
    )
    entries: list[LedgerEntry] = [
        fill(executed_at=at(minutes=-50), commission="0.01", commission_asset="BNB"),
        balance_change(kind=ChangeKind.DEPOSIT, changed_at=at(minutes=-80)),
    ]
    made.fakes.ledger.add("A0", entries)
    for number in range(3):
        account = exchange_account(account_id=f"A{number}", trader_id=f"T{number}", seat=number)
        made.fakes.accounts.save(account)
        made.fakes.accounts.note_trouble(account, Trouble.STREAM_BROKEN, NOON)
    made.write(0, Kind.HOUR, HOUR, value=10_000.0, index=1.5, flags=int(Flag.MARK))
    for number in range(1, 3):
        made.write(number, Kind.HOUR, HOUR, value=500.0, index=1.5, flags=int(Flag.MARK))
    made.fakes.secrets.make(range(3))
    made.publish([0, 1, 2])
    return made


def fields(content: object, before: str = "") -> set[str]:
    """The paths of all fields of an answer; rows of a list are taken together."""
    if isinstance(content, list):
        return set().union(*(fields(each, before) for each in content)) if content else set()
    if not isinstance(content, dict):
        return set()
    found: set[str] = set()
    for name, value in content.items():
        found |= {f"{before}{name}"} | fields(value, f"{before}{name}.")
    return found


def ask(client: Asker, path: str, who: str) -> HTTPResponse:
    token = TOKENS[who]
    return client.get(
        path + QUERIES.get(path, ""), **({"Authorization": f"Bearer {token}"} if token else {})
    )


def expected(path: str, who: str, opened: frozenset[Seen]) -> set[str]:
    """The fields of a route for one who asks, as this file says."""
    own = who == OWNER
    member = who != ANONYMOUS
    rows = TRADE_ROWS if Seen.TRADES in opened else set()
    return {
        "/board": BOARD,
        "/status": STATUS,
        "/traders/{name}": PROFILE
        | (ALLOCATION if Seen.ALLOCATION in opened else set())
        | (OWNERS_PROFILE if own else set()),
        "/traders/{name}/performance": PERFORMANCE | (OWNERS_PERFORMANCE if own else set()),
        "/traders/{name}/trades": TRADES | rows | (OWNERS_TRADES if own else set()),
        "/traders/{name}/transactions": TRANSACTIONS if own else PROBLEM,
        "/me": (ME if member else PROBLEM),
        "/me/identity": (IDENTITY if member else PROBLEM),
        "/me/balance": (BALANCE if member else PROBLEM),
        "/me/accounts": (ACCOUNTS | {"our_addresses"} if member else PROBLEM),
        "/me/follows": (FOLLOWS if member else PROBLEM),
        "/me/opening": (OPENING if member else PROBLEM),
        "/me/first-day": (FIRST_DAY if member else PROBLEM),
    }[path]


def test_every_route_of_the_app_is_in_this_matrix() -> None:
    routes = {(method, path) for path, each in app.routes.items() for method in each}
    shown = {("GET", path) for path in (*VIEWS, *DRAWN)}
    assert routes == shown | OPEN_TO_ALL | FOR_MEMBERS


@pytest.mark.parametrize("who", TOKENS)
@pytest.mark.parametrize("case", CASES)
def test_each_sees_exactly_the_fields_that_are_his(case: str, who: str) -> None:
    setting = CASES[case]
    with league(setting.visibility).client() as client:
        for path in VIEWS:
            answer = ask(client, path.replace("{name}", "Ada"), who)
            found = fields(json.loads(answer.body))
            assert found == expected(path, who, setting.opened(who)), (path, answer.body)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("look", "who"), [("visitor", ANONYMOUS), ("follower", FOLLOWER)])
def test_the_preview_is_byte_for_byte_what_they_get(case: str, look: str, who: str) -> None:
    with league(CASES[case].visibility).client() as client:
        for path in ("", "/performance", "/trades"):
            theirs = ask(client, f"/traders/Ada{path}", who)
            preview = ask(client, f"/traders/Ada{path}?as={look}", OWNER)
            assert preview.body == theirs.body


@pytest.mark.parametrize("who", [ANONYMOUS, OTHER, FOLLOWER])
def test_one_who_is_not_listed_is_there_for_himself_alone(who: str) -> None:
    made = league(Visibility(listed=False))
    with made.client() as client:
        for path in VIEWS:
            if "{name}" in path:
                hidden = ask(client, path.replace("{name}", "Ada"), who)
                unknown = ask(client, path.replace("{name}", "Eve"), who)
                assert hidden.status_code == 404
                assert hidden.body == unknown.body.replace(b"Eve", b"Ada")
                assert ask(client, path.replace("{name}", "Ada"), OWNER).status_code == 200


@pytest.mark.parametrize(("method", "path"), sorted(FOR_MEMBERS))
def test_a_route_for_members_tells_others_nothing(method: str, path: str) -> None:
    with league(Visibility()).client() as client:
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Basic T0"}):
            named = {"X-League-Request": "1", "Content-Type": "application/json", **headers}
            response = client.client.http.request(
                method, path.replace("{name}", "Bo"), headers=named, body=b"{}"
            )
            assert response.status_code == 401
            assert fields(response.json_body) == PROBLEM


@pytest.mark.parametrize("path", DRAWN)
def test_a_card_is_the_same_whoever_asks_and_whatever_else_is_shown(path: str) -> None:
    wanted = "image/png" if path.endswith(".png") else "text/html"
    cards = set()
    for case in CASES.values():
        with league(case.visibility).client() as client:
            for token in TOKENS.values():
                own = {"Authorization": f"Bearer {token}"} if token else {}
                answer = client.get(path.replace("{name}", "Ada"), Accept=wanted, **own)
                assert answer.status_code == 200
                kept = "private, no-store" if token else "public, max-age=2400"
                assert answer.headers["Cache-Control"] == kept
                cards.add(answer.body)
    assert len(cards) == 1


@pytest.mark.parametrize("path", DRAWN)
def test_the_card_of_one_who_is_not_listed_is_that_of_nobody(path: str) -> None:
    wanted = "image/png" if path.endswith(".png") else "text/html"
    with league(Visibility(listed=False)).client() as client:
        cards = {
            client.get(path.replace("{name}", name), Accept=wanted, **own).body
            for name in ("Ada", "Eve", "x" * 31, "%3Cb%3E")
            for own in ({}, {"Authorization": "Bearer T0"})
        }
    assert len(cards) == 1
    assert b"Ada" not in cards.pop()


def test_a_member_reaches_himself_alone() -> None:
    with league(Visibility()).client() as client:
        names = {who: client.json("/me", token)["name"] for who, token in TOKENS.items() if token}
    assert names == {OTHER: "Bo", FOLLOWER: "Cy", OWNER: "Ada"}


class TestThroughACache:
    """The content network keeps answers by path, query and Authorization."""

    def answer(self, client: Asker, cache: EdgeCache, path: str, who: str) -> bytes:
        key = CacheKey(f"/api{path}", f"Bearer {TOKENS[who]}" if TOKENS[who] else "")
        found = cache.find(key)
        if found is not None:
            return found[0].body
        response = ask(client, path, who)
        headers = {name: str(value) for name, value in response.headers.items()}
        made = Answer(int(response.status_code), headers, response.body)
        cache.keep(key, made)
        return made.body

    @pytest.mark.parametrize("case", ["guarded", "all for followers"])
    def test_whoever_asks_first_leaves_nothing_to_the_next(self, case: str) -> None:
        made = league(CASES[case].visibility)
        with made.client() as client:
            for path in VIEWS:
                path = path.replace("{name}", "Ada")
                alone = {who: ask(client, path, who).body for who in TOKENS}
                for first in TOKENS:
                    cache = EdgeCache(lambda: made.now)
                    for who in (first, *TOKENS, first):
                        assert self.answer(client, cache, path, who) == alone[who], (path, who)

    def test_what_goes_to_a_token_is_not_kept_even_without_it_in_the_key(self) -> None:
        made = league(Visibility())
        with made.client() as client:
            for path in VIEWS:
                cache, key = EdgeCache(lambda: made.now), CacheKey(path, "")
                response = ask(client, path.replace("{name}", "Ada"), OWNER)
                headers = {name: str(value) for name, value in response.headers.items()}
                cache.keep(key, Answer(int(response.status_code), headers, response.body))
                assert cache.find(key) is None


class TestTable:
    def test_a_field_that_is_not_named_is_private_to_all(self) -> None:
        content = {"name": "Ada", "new": 1, "pnl": {"24h": {"pct": "1.00", "new": 2}}}
        for relation in Relation:
            eyes = Eyes(relation, Visibility())
            shown = only_visible(content, VIEWS["/traders/{name}"], eyes)
            assert shown == {"name": "Ada", "pnl": {"24h": {"pct": "1.00"}}}

    def test_nothing_inside_a_part_is_seen_by_more_than_the_part(self) -> None:
        inner = Part(Seen.OWNER, {"open": Seen.ALL})
        assert paths(Part(Seen.ALL, {"own": inner})) == {"own": Seen.OWNER, "own.open": Seen.OWNER}

    def test_the_document_begins_with_it(self) -> None:
        assert table() in DOCUMENT.read_text(), "run python -m tests.privacy_table"
