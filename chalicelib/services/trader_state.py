"""How one trader stands from end to end, for an operator: keys to board, and where it stops."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.account import ExchangeAccount, Trader, block_of, shard_of
from chalicelib.domain.block import Kind
from chalicelib.domain.corrections import Corrected
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.import_words import ImportStanding, import_standing
from chalicelib.domain.own_windows import OwnWindow
from chalicelib.domain.reading import SeatReading
from chalicelib.domain.windows import DAY, HOURS_A_DAY
from chalicelib.services.import_ports import Imports
from chalicelib.services.ports import (
    Accounts,
    Boards,
    Corrections,
    Doubts,
    History,
    Holdings,
    Ledger,
    Runs,
)


@dataclass(frozen=True, slots=True)
class TrailStores:
    """What it is read from."""

    accounts: Accounts
    holdings: Holdings
    ledger: Ledger
    doubts: Doubts
    imports: Imports
    history: History
    boards: Boards
    runs: Runs
    corrections: Corrections


@dataclass(frozen=True, slots=True)
class AccountTrail:
    """One exchange account: as linked, its row, its newest reading, since when doubts are noted of
    it, and how far its past is in."""

    account: ExchangeAccount
    row: AccountHoldings | None
    read_at: datetime | None
    doubts: Sequence[datetime]
    imported: ImportStanding | None


@dataclass(frozen=True, slots=True)
class TraderState:
    """All of it; `mark` is that of the current board's hour, `windows` are by name (empty before
    the first board), `corrected` what late events changed in the last day."""

    accounts: Sequence[AccountTrail]
    hour: int | None
    marked_to: int | None
    mark: SeatReading
    windows: Mapping[str, OwnWindow]
    corrected: Sequence[Corrected]


def trader_state(
    trader: Trader,
    now: datetime,
    stores: TrailStores,
    windows: Callable[[Trader], Mapping[str, OwnWindow]],
) -> TraderState:
    """How the trader stands at `now`, by the exchange's clock; `windows` explains his numbers."""
    head = stores.boards.current(DAY.name)
    shard, block = shard_of(trader.seat), block_of(trader.seat)
    found = {}
    if head is not None:
        kinds = (Kind.HOUR, Kind.SCORES, Kind.RANKS)
        blocks = stores.history.blocks([(block, kind, head.hour) for kind in kinds])
        found = {key[1]: each for key, each in blocks.items()}
    kept = []
    if head is not None:
        kept = stores.corrections.kept(shard, head.hour - HOURS_A_DAY, head.hour)
    return TraderState(
        accounts=_trails(trader, now, stores),
        hour=None if head is None else head.hour,
        marked_to=stores.runs.last_complete(shard),
        mark=SeatReading(trader.seat, found),
        windows=windows(trader),
        corrected=[each for each in kept if each.seat == trader.seat],
    )


def _trails(trader: Trader, now: datetime, stores: TrailStores) -> list[AccountTrail]:
    accounts = stores.accounts.of_trader(trader.trader_id)
    noted = {slot: stores.doubts.of_slot(slot) for slot in {each.slot for each in accounts}}
    progress = stores.imports.progress(trader.trader_id)
    trails = []
    for account in accounts:
        name = account.account_id
        reading = stores.ledger.checkpoint_before(name, now)
        step = progress.get(name)
        percent, problem = (step.percent, step.problem) if step is not None else (0, "")
        trails.append(
            AccountTrail(
                account,
                stores.holdings.get(trader.seat, name),
                None if reading is None else reading.taken_at,
                sorted(noted[account.slot].get(name, ())),
                import_standing(account, percent, problem),
            )
        )
    return trails
