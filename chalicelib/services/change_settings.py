"""Change what others see of a trader."""

from dataclasses import replace

from chalicelib.domain.account import Trader, Visibility
from chalicelib.services.ports import Seat, Seats, Traders


def change_settings(
    trader: Trader, visibility: Visibility, traders: Traders, seats: Seats
) -> Trader:
    """The trader with these settings: his own answers follow them at once.

    Hiding is written first where routes read it, then for the board. May be repeated.
    """
    changed = replace(traders.get(trader.trader_id), visibility=visibility)
    traders.save(changed)
    seat = seats.of_seats([trader.seat]).get(trader.seat)
    known = seat or Seat(trader.seat, trader.trader_id, trader.name, exchanges=())
    seats.put(replace(known, listed=visibility.listed))
    return changed
