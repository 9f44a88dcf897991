"""What a trader alone is answered about himself: amounts, reasons, how his numbers came about."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from chalicelib.domain.money import eight_decimals, plain
from chalicelib.domain.own_windows import NotRanked, OwnWindow, Reason
from chalicelib.entrypoints import http
from chalicelib.entrypoints.http import Answer, Percent, percent
from chalicelib.services.show_balance import Balance, OwnCoin

Amount = Annotated[str, Field(pattern=r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$", examples=["1234.5"])]
"""A plain decimal number as text; a percentage where the name says so, with up to 8 decimals."""

_DETAILS: Final = {
    Reason.NOT_LISTED: "You are not listed; switch it on in your settings to be ranked.",
    Reason.NO_ACCOUNT: "No exchange account is linked; link one.",
    Reason.BEING_CHECKED: "The key of your account is being checked.",
    Reason.FIRST_HOUR: "Your first full hour in the league is not over yet.",
    Reason.SHORT_HISTORY: "Your record is younger than this window.",
    Reason.NO_MARK_AT_THE_START: "There is no usable value at the start of this window.",
    Reason.SMALL_START: "You had less than 100 USDT at the start of this window.",
    Reason.GAPS: "Too many hours of this window have no usable value.",
    Reason.BARRED_HOUR: (
        "In at least one hour of this window thin coins were over half of it, no account was"
        " linked, or a withdrawal had left 1 USDT or less."
    ),
    Reason.WITHOUT_PRICE: "You hold a coin that has had no price for 7 days; rid yourself of it.",
    Reason.STALE_NOW: "Some of your coins have no fresh price at the moment.",
}


class OwnCoinAnswer(Answer):
    """A coin that is held now."""

    asset: str
    quantity: Amount
    price_usdt: Amount
    value_usdt: Amount
    share_pct: Amount | None
    average_cost_usdt: Amount | None
    last_buy_price_usdt: Amount | None
    last_bought_at: str | None
    since_last_buy_pct: Percent | None


class NotRankedAnswer(Answer):
    """What stands in the way of a rank."""

    reason: Reason
    detail: str
    until: str | None = Field(description="The latest it may last if all goes on as it is.")


class OwnWindowAnswer(Answer):
    """How a league number came about."""

    shown_pct: Percent | None
    twr_pct: Amount | None = Field(description="Time-weighted return.")
    mwr_pct: Amount | None = Field(description="Money-weighted return.")
    pnl_usdt: Amount | None
    start_usdt: Amount | None = Field(description="What there was at the start.")
    deposits_usdt: Amount
    withdrawals_usdt: Amount
    capped: bool
    explanation: str
    not_ranked: list[NotRankedAnswer]
    preview_pct: Percent | None = Field(
        description="Of one without a rank: his number, or one with imported days in it."
    )
    would_stand: int | None = Field(description="The rank that the preview would have.")


class OwnWindowsAnswer(Answer):
    """The three windows."""

    day: OwnWindowAnswer = Field(serialization_alias="24h")
    week: OwnWindowAnswer = Field(serialization_alias="7d")
    month: OwnWindowAnswer = Field(serialization_alias="30d")


class BalanceAnswer(Answer):
    """Current holdings at the latest prices."""

    balance_usdt: Amount | None
    balance_age_s: int | None = Field(description="Since the exchange last told of an account.")
    prices_age_s: int | None
    unpriced: list[str] = Field(description="Coins that never had a price, left out.")
    coins: list[OwnCoinAnswer]


class OwnerAnswer(BalanceAnswer):
    """The owner's part of a profile."""

    windows: OwnWindowsAnswer | None = Field(description="null before the first board.")


def balance_fields(balance: Balance) -> BalanceAnswer:
    """The answer of a balance."""
    return BalanceAnswer(
        balance_usdt=amount(balance.value_usdt),
        balance_age_s=balance.holdings_age_s,
        prices_age_s=balance.prices_age_s,
        unpriced=balance.unpriced,
        coins=[_coin(coin) for coin in balance.coins],
    )


def owner_answer(balance: Balance, windows: dict[str, OwnWindow]) -> OwnerAnswer:
    """The owner's part of his profile."""
    answers = {name: _window(each) for name, each in windows.items()}
    made = (
        OwnWindowsAnswer(day=answers["24h"], week=answers["7d"], month=answers["30d"])
        if len(answers) == len(OwnWindowsAnswer.model_fields)
        else None
    )
    return OwnerAnswer(**dict(balance_fields(balance)), windows=made)


def amount(value: Decimal | None) -> str | None:
    """A plain decimal number, None for what is unknown."""
    return None if value is None else plain(value)


def moment(at: datetime | None) -> str | None:
    """An instant, None for what never was."""
    return None if at is None else http.instant(at)


def _coin(coin: OwnCoin) -> OwnCoinAnswer:
    buy = coin.last_buy
    paid = buy.price if buy else None
    change = coin.since_last_buy_pct
    return OwnCoinAnswer(
        asset=coin.asset,
        quantity=plain(coin.quantity),
        price_usdt=plain(coin.price_usdt),
        value_usdt=plain(coin.value_usdt),
        share_pct=amount(coin.share_pct),
        average_cost_usdt=amount(coin.average_cost_usdt),
        last_buy_price_usdt=amount(None if paid is None else eight_decimals(paid)),
        last_bought_at=moment(buy.bought_at if buy else None),
        since_last_buy_pct=None if change is None else format(change, "f"),
    )


def _window(window: OwnWindow) -> OwnWindowAnswer:
    parts = window.parts
    return OwnWindowAnswer(
        shown_pct=percent(window.shown),
        twr_pct=amount(parts.twr),
        mwr_pct=amount(parts.mwr),
        pnl_usdt=amount(parts.pnl),
        start_usdt=amount(parts.value_at_start),
        deposits_usdt=plain(parts.deposits),
        withdrawals_usdt=plain(parts.withdrawals),
        capped=window.capped,
        explanation=_explanation(window),
        not_ranked=[not_ranked_answer(each) for each in window.not_ranked],
        preview_pct=percent(window.preview),
        would_stand=window.would_stand,
    )


def _explanation(window: OwnWindow) -> str:
    parts = window.parts
    if window.shown is None:
        return "There is no number for this window yet."
    if window.capped:
        return (
            f"{plain(parts.deposits)} USDT came in, more than was left of the"
            f" {plain(parts.value_at_start or Decimal(0))} USDT at the start. So the lower of two"
            " returns is shown: the one with deposits taken out, and the one on all the money."
        )
    return (
        "The return with deposits taken out is shown: what came in or went out is neither gain nor"
        " loss."
    )


def not_ranked_answer(found: NotRanked) -> NotRankedAnswer:
    """A reason with its sentence."""
    return NotRankedAnswer(
        reason=found.reason, detail=_DETAILS[found.reason], until=http.as_of(found.until)
    )
