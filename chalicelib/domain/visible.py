"""Who may see what: the one table, and how an answer is cut down to it.

Routes put whole answers together and let `only_visible` take out what the asker may not see. A
field that this table does not name is left out of every answer: it is private until it is named.
`docs/privacy.md` begins with the same table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any, Final, TypeAlias

from chalicelib.domain.account import Audience, TradesView, Visibility

Json: TypeAlias = Any
"""What JSON can hold."""


class Relation(IntEnum):
    """What the asker is to the trader he asks about; each sees all that those before him see."""

    ANYONE = 0
    FOLLOWER = 1
    OWNER = 2


class Seen(Enum):
    """To whom a field is open."""

    ALL = "everyone"
    ALLOCATION = "whom the trader shows his allocation"
    TRADES = "whom the trader shows his trades"
    OWNER = "the trader alone"


@dataclass(frozen=True, slots=True)
class Part:
    """An object, or a list of objects, and its fields. The fields count for those alone who see
    the part itself."""

    seen: Seen
    fields: "Mapping[str, Seen | Part]"


@dataclass(frozen=True, slots=True)
class Eyes:
    """With whose eyes a trader is looked at."""

    relation: Relation
    visibility: Visibility

    def see(self, seen: Seen) -> bool:
        """Whether they see what is open to `seen`."""
        if self.relation is Relation.OWNER or seen is Seen.ALL:
            return True
        if seen is Seen.OWNER:
            return False
        shown = self.visibility
        audience = shown.allocation_for if seen is Seen.ALLOCATION else shown.trades_for
        if seen is Seen.TRADES and shown.trades is TradesView.HIDDEN:
            return False
        if audience is Audience.FOLLOWERS:
            return self.relation is Relation.FOLLOWER
        return audience is Audience.EVERYONE

    def see_profile(self) -> bool:
        """Whether there is a profile for them: one who is not listed has none for others."""
        return self.relation is Relation.OWNER or self.visibility.listed

    def trades_view(self) -> TradesView:
        """How the list of trades looks to them; the owner always has the exact one."""
        if self.relation is Relation.OWNER:
            return TradesView.EXACT
        return self.visibility.trades if self.see(Seen.TRADES) else TradesView.HIDDEN


ANYONE: Final = Eyes(Relation.ANYONE, Visibility())


def only_visible(content: Json, part: Part, eyes: Eyes) -> Json:
    """`content` with the fields that `eyes` may see, in its own order.

    What the trader chose not to show is null (an empty list stays one), so that an answer has
    its shape; what is the owner's alone, and what the table does not name, is not there at all.
    """
    if isinstance(content, list):
        return [only_visible(each, part, eyes) for each in content]
    if not isinstance(content, dict):
        return content
    shown = {}
    for name, value in content.items():
        field = part.fields.get(name)
        if field is None:
            continue
        seen = field.seen if isinstance(field, Part) else field
        if eyes.see(seen):
            shown[name] = only_visible(value, field, eyes) if isinstance(field, Part) else value
        elif seen is not Seen.OWNER:
            shown[name] = None if value else value
    return shown


def paths(part: Part, before: str = "") -> dict[str, Seen]:
    """Every field of a part by its path ("pnl.24h.pct"), with whom it is open to."""
    found: dict[str, Seen] = {}
    for name, field in part.fields.items():
        path = f"{before}{name}"
        if isinstance(field, Part):
            found[path] = field.seen
            found |= {
                each: _narrower(field.seen, seen) for each, seen in paths(field, f"{path}.").items()
            }
        else:
            found[path] = field
    return found


def _narrower(outer: Seen, inner: Seen) -> Seen:
    return inner if outer is Seen.ALL else outer


def _all(*names: str) -> dict[str, Seen | Part]:
    return dict.fromkeys(names, Seen.ALL)


def _owners(*names: str) -> dict[str, Seen | Part]:
    return dict.fromkeys(names, Seen.OWNER)


_WINDOW: Final = Part(Seen.ALL, _all("pct", "rank", "capped"))
_OWNERS_WINDOW: Final = Part(
    Seen.OWNER,
    {
        **_owners("twr_pct", "mwr_pct", "shown_pct", "pnl_usdt", "start_usdt"),
        **_owners(
            "deposits_usdt",
            "withdrawals_usdt",
            "capped",
            "explanation",
            "preview_pct",
            "would_stand",
        ),
        "not_ranked": Part(Seen.OWNER, _owners("reason", "detail", "until")),
    },
)

_COIN: Final = Part(
    Seen.OWNER,
    {
        **_owners("asset", "quantity", "price_usdt", "value_usdt", "share_pct"),
        **_owners("average_cost_usdt", "last_buy_price_usdt", "last_bought_at"),
        **_owners("since_last_buy_pct"),
    },
)

PROFILE: Final = Part(
    Seen.ALL,
    {
        **_all("name", "exchanges", "joined_at", "as_of", "status", "followers"),
        "pnl": Part(Seen.ALL, {"24h": _WINDOW, "7d": _WINDOW, "30d": _WINDOW}),
        "allocation": Part(Seen.ALLOCATION, _all("asset", "share_pct")),
        "coins": Part(
            Seen.ALLOCATION, _all("asset", "change_24h_pct", "since_last_buy_pct", "state")
        ),
        "risk": Part(
            Seen.ALL,
            {
                **_all("max_drawdown_24h_pct", "max_drawdown_7d_pct", "max_drawdown_30d_pct"),
                **_all("volatility_pct", "sharpe", "sortino"),
            },
        ),
        "owner": Part(
            Seen.OWNER,
            {
                **_owners("balance_usdt", "balance_age_s", "prices_age_s", "unpriced"),
                "coins": _COIN,
                "windows": Part(
                    Seen.OWNER,
                    {"24h": _OWNERS_WINDOW, "7d": _OWNERS_WINDOW, "30d": _OWNERS_WINDOW},
                ),
            },
        ),
    },
)

CARD: Final = Part(
    Seen.ALL,
    {
        **_all("name", "as_of", "status", "trend"),
        "pnl": Part(Seen.ALL, {"24h": _WINDOW, "7d": _WINDOW, "30d": _WINDOW}),
    },
)

PERFORMANCE: Final = Part(
    Seen.ALL,
    {
        **_all("from", "to"),
        "days": Part(
            Seen.ALL,
            {
                **_all("date", "cumulative_pct", "btc_pct", "imported"),
                **_owners("pnl_usdt", "net_worth_usdt", "deposits_usdt", "withdrawals_usdt"),
            },
        ),
    },
)

TRADES: Final = Part(
    Seen.ALL,
    {
        **_all("from", "to", "as_of", "view", "next_cursor"),
        "trades": Part(
            Seen.TRADES,
            {
                **_all("at", "precision", "pair", "side", "price", "size_pct"),
                **_owners("quantity", "quote_quantity", "commission", "commission_asset"),
            },
        ),
    },
)

TRANSACTIONS: Final = Part(
    Seen.OWNER,
    {
        **_owners("from", "to", "next_cursor"),
        "transactions": Part(
            Seen.OWNER,
            _owners("at", "kind", "what", "asset", "quantity", "value_usdt", "network_fee"),
        ),
    },
)

BOARD: Final = Part(
    Seen.ALL,
    {
        **_all("window", "as_of", "next_cursor"),
        "league": Part(Seen.ALL, _all("joined", "active", "retired", "ranked", "median_pct")),
        "traders": Part(
            Seen.ALL,
            {
                **_all("rank", "rank_change", "name", "exchange", "capped", "max_drawdown_pct"),
                **_all("pnl_24h_pct", "pnl_7d_pct", "pnl_30d_pct", "trend", "followers", "status"),
            },
        ),
    },
)

STATUS: Final = Part(
    Seen.ALL,
    {
        **_all("version", "last_hour_ranked", "active", "fresh", "banner"),
        "exchange": Part(Seen.ALL, _all("name", "state", "since", "until")),
        "prices": Part(Seen.ALL, _all("taken_at", "age_s")),
    },
)

BALANCE: Final = Part(
    Seen.OWNER,
    {**_owners("balance_usdt", "balance_age_s", "prices_age_s", "unpriced"), "coins": _COIN},
)

_SETTINGS: Final = Part(Seen.OWNER, _owners("listed", "trades", "trades_for", "allocation_for"))

ME: Final = Part(
    Seen.OWNER,
    {
        **_owners("name", "joined_at", "follows", "followers", "promise", "others_see_it_by"),
        "accounts": Part(Seen.OWNER, _owners("exchange", "state", "linked_at")),
        "settings": _SETTINGS,
        "meanings": _SETTINGS,
    },
)

_ACCOUNT: Final = Part(
    Seen.OWNER,
    {
        **_owners("id", "exchange", "state", "since", "linked_at"),
        "reasons": Part(Seen.OWNER, _owners("code", "detail")),
        "imported": Part(Seen.OWNER, _owners("state", "percent", "detail")),
    },
)

ACCOUNTS: Final = Part(Seen.OWNER, {"accounts": _ACCOUNT, **_owners("our_addresses")})

_FIRST_WINDOW: Final = Part(
    Seen.OWNER,
    {
        **_owners("rank", "ranked", "ranked_at", "ranked_in_s", "preview_pct", "would_stand"),
        "not_ranked": Part(Seen.OWNER, _owners("reason", "detail", "until")),
    },
)

FIRST_DAY: Final = Part(
    Seen.OWNER,
    {
        **_owners("as_of"),
        "accounts": _ACCOUNT,
        "windows": Part(
            Seen.OWNER, {"24h": _FIRST_WINDOW, "7d": _FIRST_WINDOW, "30d": _FIRST_WINDOW}
        ),
        "line": Part(
            Seen.OWNER,
            {
                **_owners("from", "to"),
                "days": Part(
                    Seen.OWNER,
                    _owners(
                        "date",
                        "cumulative_pct",
                        "btc_pct",
                        "imported",
                        "pnl_usdt",
                        "net_worth_usdt",
                        "deposits_usdt",
                        "withdrawals_usdt",
                    ),
                ),
            },
        ),
    },
)

FOLLOWS: Final = Part(
    Seen.OWNER,
    {
        "follows": Part(
            Seen.OWNER,
            {
                **_owners("name", "since", "listed", "rank", "capped", "max_drawdown_pct"),
                **_owners("pnl_24h_pct", "pnl_7d_pct", "pnl_30d_pct", "followers", "status"),
            },
        ),
    },
)

OPENING: Final = Part(
    Seen.OWNER, _owners("hour", "file", "id", "commitment", "mark", "salt", "say")
)

IDENTITY: Final = Part(Seen.OWNER, _owners("email", "second_factor"))

VIEWS: Final[Mapping[str, Part]] = {
    "/board": BOARD,
    "/status": STATUS,
    "/traders/{name}": PROFILE,
    "/traders/{name}/performance": PERFORMANCE,
    "/traders/{name}/trades": TRADES,
    "/traders/{name}/transactions": TRANSACTIONS,
    "/me": ME,
    "/me/identity": IDENTITY,
    "/me/balance": BALANCE,
    "/me/accounts": ACCOUNTS,
    "/me/follows": FOLLOWS,
    "/me/opening": OPENING,
    "/me/first-day": FIRST_DAY,
}
"""The table, by route."""

DRAWN: Final[Mapping[str, Part]] = {
    "/traders/{name}/card": CARD,
    "/traders/{name}/card.png": CARD,
}
"""Of routes that answer with a page or a picture: what these are made of. They are the same
whoever asks."""
