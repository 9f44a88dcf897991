"""Show what others may see of a trader, as of the last mark."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from chalicelib.domain.account import Trader, block_of
from chalicelib.domain.block import Block, Kind
from chalicelib.domain.coin_state import CoinState
from chalicelib.domain.money import Asset
from chalicelib.domain.profile import PublicView
from chalicelib.domain.reading import SeatReading, Status
from chalicelib.domain.visible import Eyes, Seen
from chalicelib.domain.windows import DAY, MONTH, WINDOWS
from chalicelib.services.coin_states import coin_states
from chalicelib.services.ports import History, Holdings
from chalicelib.services.public_traders import ReadStores


@dataclass(frozen=True, slots=True)
class WindowResult:
    """How a trader did in one window; `shown` and `drawdown` are hundredths of a percent."""

    shown: int | None
    rank: int | None
    capped: bool
    drawdown: int | None


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """What others see, before it is cut down to what the asker may see. `hour` is that of the
    last mark, None before the league's first board; `view` is None when it is hidden or not made
    yet. `trend`: the course of 30 days, 0 … 100. `coin_states`: how the coins of the view are
    priced now, which is the market's public knowledge; empty before the first prices."""

    trader: Trader
    exchanges: tuple[str, ...]
    hour: int | None
    status: Status
    windows: dict[str, WindowResult]
    view: PublicView | None
    risk: list[str | None]
    trend: list[int | None]
    coin_states: dict[Asset, CoinState]
    followers: int


def show_profile(trader: Trader, eyes: Eyes, now: datetime, stores: ReadStores) -> PublicProfile:
    """The profile of a trader. Its coins are those of the last 00:00 mark; only how each of these
    coins is priced is as of `now`."""
    head = stores.boards.current(DAY.name)
    blocks = _blocks(trader.seat, head.hour, stores.history) if head else {}
    reading = SeatReading(trader.seat, blocks)
    view = _view(trader.seat, blocks.get(Kind.SLOW))
    shown = view if eyes.see(Seen.ALLOCATION) else None
    return PublicProfile(
        trader=trader,
        exchanges=_exchanges(trader.seat, stores.holdings),
        hour=head.hour if head else None,
        status=reading.status(DAY, retired=trader.retired_at is not None),
        windows={
            window.name: WindowResult(
                shown=reading.shown(window),
                rank=reading.rank(window),
                capped=reading.capped(window),
                drawdown=reading.drawdown(window),
            )
            for window in WINDOWS
        },
        view=shown,
        risk=view["risk"] if view else [None, None, None],
        trend=reading.trend(MONTH),
        coin_states=coin_states(
            [row[0] for row in shown["coins"]] if shown else [], now, stores.prices
        ),
        followers=stores.follows.counts([trader.seat])[trader.seat],
    )


def _blocks(seat: int, hour: int, history: History) -> dict[Kind, Block]:
    block = block_of(seat)
    numbers = {Kind.HOUR: hour, Kind.SCORES: hour, Kind.RANKS: hour, Kind.SLOW: 0}
    found = history.blocks([(block, kind, number) for kind, number in numbers.items()])
    return {kind: each for (_, kind, _), each in found.items()}


def _view(seat: int, slow: Block | None) -> PublicView | None:
    views = cast(Mapping[str, PublicView], slow.notes.get("view", {}) if slow else {})
    return views.get(str(seat))


def _exchanges(seat: int, holdings: Holdings) -> tuple[str, ...]:
    """Those of the linked accounts; of a retired trader those he had."""
    rows = holdings.of_seat(seat)
    linked = [row for row in rows if row.unlinked_at is None] or rows
    return tuple(sorted({row.exchange for row in linked}))
