"""Binance's REST answers as the domain's records. Wallet calls are read elsewhere."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import localcontext
from typing import Any

from chalicelib.adapters.binance.fields import instant, text, whole
from chalicelib.domain.errors import ExchangeUnavailable, InvalidRequest
from chalicelib.domain.ledger import Fill, Side
from chalicelib.domain.market import Quote, Symbol
from chalicelib.domain.money import EXACT, amount
from chalicelib.services.exchange_ports import AccountReading, ExchangeState

SHAPELESS = (AttributeError, TypeError, ValueError)  # what the library makes of odd bodies
_SPOT = "SPOT"
_WEIGHT_LIMIT = ("REQUEST_WEIGHT", "MINUTE", 1)


@contextmanager
def well_formed(name: str) -> Iterator[None]:
    """Around the reading of an answer: one that cannot be read raises ExchangeUnavailable."""
    try:
        yield
    except (InvalidRequest, KeyError, IndexError, *SHAPELESS) as error:
        raise ExchangeUnavailable(f"{name}: an answer that cannot be read: {error}") from error


def rows_of(answer: object) -> list[Mapping[str, Any]]:
    """The answer as a list of objects. Raises InvalidRequest when it is none."""
    if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
        raise InvalidRequest("no list of objects")
    return answer


def lists_of(answer: object) -> list[list[Any]]:
    """The answer as a list of lists. Raises InvalidRequest when it is none."""
    if not isinstance(answer, list) or not all(isinstance(row, list) for row in answer):
        raise InvalidRequest("no list of lists")
    return answer


def symbol_of(row: Mapping[str, Any]) -> Symbol:
    """A row of exchangeInfo. Whatever state is not TRADING is not trading."""
    trading = row.get("status") == "TRADING" and row.get("isSpotTradingAllowed") is True
    return Symbol(text(row, "symbol"), text(row, "baseAsset"), text(row, "quoteAsset"), trading)


def quote_of(row: Mapping[str, Any]) -> Quote:
    """A row of ticker/24hr."""
    price = amount(row.get("lastPrice"), "lastPrice")
    return Quote(price, amount(row.get("quoteVolume"), "quoteVolume"))


def fill_of(row: Mapping[str, Any], symbol: Symbol) -> Fill:
    """A row of myTrades of that symbol."""
    commission = amount(row.get("commission"), "commission")
    return Fill(
        symbol=symbol.name,
        base=symbol.base,
        quote=symbol.quote,
        trade_id=whole(row, "id"),
        order_id=whole(row, "orderId"),
        side=Side.BUY if row["isBuyer"] else Side.SELL,
        price=amount(row.get("price"), "price"),
        quantity=amount(row.get("qty"), "qty"),
        quote_quantity=amount(row.get("quoteQty"), "quoteQty"),
        commission=commission,
        commission_asset=text(row, "commissionAsset") if commission else None,
        executed_at=instant(row, "time"),
    )


def account_of(answer: Mapping[str, Any]) -> AccountReading:
    """The quantities, free and locked together, and the uid of an account."""
    with localcontext(EXACT):
        quantities = {
            text(row, "asset"): amount(row.get("free"), "free")
            + amount(row.get("locked"), "locked")
            for row in rows_of(answer["balances"])
        }
    spot = answer.get("accountType", _SPOT) == _SPOT
    updated_at = instant(answer, "updateTime")
    return AccountReading(str(whole(answer, "uid")), quantities, updated_at, spot)


def state_of(answer: Mapping[str, Any]) -> ExchangeState:
    """What system/status says."""
    return ExchangeState.OPEN if whole(answer, "status") == 0 else ExchangeState.MAINTENANCE


def weight_limit_of(answer: Mapping[str, Any]) -> int | None:
    """The weight that one address may ask in a minute, where the exchange says it."""
    for row in rows_of(answer.get("rateLimits", [])):
        if (row["rateLimitType"], row["interval"], row["intervalNum"]) == _WEIGHT_LIMIT:
            return whole(row, "limit")
    return None
