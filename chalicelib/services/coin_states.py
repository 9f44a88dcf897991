"""Tell how coins are priced just now, in as few readings as it takes."""

from collections.abc import Collection
from datetime import datetime

from chalicelib.domain.coin_state import CoinState, coin_state, is_quoted
from chalicelib.domain.money import Asset
from chalicelib.services.ports import Prices


def coin_states(assets: Collection[Asset], now: datetime, prices: Prices) -> dict[Asset, CoinState]:
    """The state of each of `assets` at `now`, by the exchange's clock; empty before the first
    prices. What is listed is read only if one of them has no price of this moment."""
    newest = prices.latest() if assets else None
    if newest is None:
        return {}
    symbols = {} if all(is_quoted(each, newest) for each in assets) else prices.symbols()
    return {each: coin_state(each, newest, symbols, now) for each in assets}
