"""What the routes of a profile ask and answer: whatever is not named here stays private."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.domain.account import TradesView
from chalicelib.domain.coin_state import CoinState
from chalicelib.domain.ledger import ChangeKind
from chalicelib.domain.reading import Status
from chalicelib.domain.trade_rows import Precision, Size
from chalicelib.entrypoints import cursors
from chalicelib.entrypoints.csv_text import Format
from chalicelib.entrypoints.eyes import LooksAs
from chalicelib.entrypoints.http import Answer, Percent
from chalicelib.entrypoints.owner_answers import Amount, OwnerAnswer
from chalicelib.entrypoints.parameters import CalendarDate, Query

_OWN = "For the trader alone; others do not get this field."


class LookQuery(Query):
    """With whose eyes to look."""

    looks_as: LooksAs | None = Field(
        default=None, alias="as", description="For the trader himself: what these see."
    )


AskedForm = Annotated[Format, Field(alias="format", description="csv is for the trader himself.")]


class ProfileQuery(LookQuery):
    """With whose eyes to look, and how to show it."""

    form: AskedForm = "json"


class SpanQuery(LookQuery):
    """The days to show, both included; by default the last seven and the running one."""

    first: CalendarDate | None = Field(default=None, alias="from")
    last: CalendarDate | None = Field(default=None, alias="to")


class TableQuery(SpanQuery):
    """The days to show, and how."""

    form: AskedForm = "json"


class ListQuery(TableQuery):
    """The days to list, and where to go on."""

    cursor: str | None = Field(
        default=None, max_length=cursors.LONGEST, description="`next_cursor` of a page."
    )


class WindowAnswer(Answer):
    """How the trader did in one window."""

    pct: Percent | None
    rank: int | None
    capped: bool


class WindowsAnswer(Answer):
    """The three windows, each to the last full hour."""

    day: WindowAnswer = Field(serialization_alias="24h")
    week: WindowAnswer = Field(serialization_alias="7d")
    month: WindowAnswer = Field(serialization_alias="30d")


class AllocationAnswer(Answer):
    """A coin's share of the whole."""

    asset: str
    share_pct: str = Field(description="Whole percent, as of the last midnight UTC.")


class CoinAnswer(Answer):
    """How a coin in the allocation did, and how it is priced when the answer is made.

    `trading`. `halted`: the exchange lists it, but it does not trade just now; its last price is
    kept. `delisted`: the exchange has taken it off its list (a renamed coin goes on under its new
    name); its last price is kept. `stale_price`: its price is more than two hours old.
    `not_valued`: it has never had a price, and counts for nothing until it has one.
    """

    asset: str
    change_24h_pct: Percent | None
    since_last_buy_pct: Percent | None
    state: CoinState | None = Field(description="null before the first prices.")


class RiskAnswer(Answer):
    """Risk; the last three over thirty full days."""

    max_drawdown_24h_pct: Percent | None
    max_drawdown_7d_pct: Percent | None
    max_drawdown_30d_pct: Percent | None
    volatility_pct: Percent | None
    sharpe: Percent | None
    sortino: Percent | None


class ProfileAnswer(Answer):
    """What is seen of a trader."""

    name: str
    exchanges: list[str]
    joined_at: str
    as_of: str | None
    status: Status
    pnl: WindowsAnswer
    allocation: list[AllocationAnswer] | None = Field(description="null when not shown.")
    coins: list[CoinAnswer] | None = Field(description="null when not shown.")
    risk: RiskAnswer
    followers: int
    owner: OwnerAnswer | None = Field(default=None, description=_OWN)


class DayAnswer(Answer):
    """A point of the line, in percent since its first point."""

    date: date
    cumulative_pct: Percent | None
    btc_pct: Percent | None
    imported: bool
    pnl_usdt: Amount | None = Field(default=None, description=_OWN)
    net_worth_usdt: Amount | None = Field(default=None, description=_OWN)
    deposits_usdt: Amount | None = Field(default=None, description=_OWN)
    withdrawals_usdt: Amount | None = Field(default=None, description=_OWN)


class PerformanceAnswer(Answer):
    """The line beside BTC's."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    days: list[DayAnswer]


class TradeAnswer(Answer):
    """One row of the list of trades."""

    at: str = Field(description="Start of the second, hour or day that `precision` names.")
    precision: Precision
    pair: str
    side: Literal["buy", "sell"]
    price: str | None
    size_pct: Size | None = Field(description="Range of the percentage of all the trader had.")
    quantity: Amount | None = Field(default=None, description=_OWN)
    quote_quantity: Amount | None = Field(default=None, description=_OWN)
    commission: Amount | None = Field(default=None, description=_OWN)
    commission_asset: str | None = Field(default=None, description=_OWN)


class TradesAnswer(Answer):
    """A page of trades, newest first."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    as_of: str | None
    view: TradesView
    next_cursor: str | None
    trades: list[TradeAnswer]


class TransactionAnswer(Answer):
    """A change of a balance that was no trade."""

    at: str
    kind: ChangeKind
    what: str = Field(description="The same in words.")
    asset: str
    quantity: Amount = Field(description="Positive in, negative out.")
    value_usdt: Amount | None = Field(description="At that moment.")
    network_fee: Amount | None = Field(description="Of a withdrawal, inside the quantity.")


class TransactionsAnswer(Answer):
    """Deposits, withdrawals and the like, newest first; for the trader alone."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    next_cursor: str | None
    transactions: list[TransactionAnswer]
