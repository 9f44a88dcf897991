"""How the whole league stands, for an operator: one reading of all that tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.switches import Switch
from chalicelib.domain.windows import DAY
from chalicelib.services.act_ports import QueueCare, QueueDepths
from chalicelib.services.exchange_ports import ExchangeConditions
from chalicelib.services.ports import (
    Accounts,
    BoardHead,
    Boards,
    History,
    Lease,
    Leases,
    Prices,
    Runs,
    Seats,
)
from chalicelib.services.show_status import (
    ExchangeStatus,
    LeagueStatus,
    show_exchange,
    show_status,
)
from chalicelib.services.switch_ports import SwitchStore

INGEST, GAUGES = "ingest", "gauges"
"""Groups of leases: who does which work, and what each container notes of itself."""


@dataclass(frozen=True, slots=True)
class StateStores:
    """What it is read from; `queues` by their short names."""

    boards: Boards
    seats: Seats
    history: History
    runs: Runs
    accounts: Accounts
    leases: Leases
    prices: Prices
    conditions: ExchangeConditions
    switches: SwitchStore
    queues: Mapping[str, QueueCare]


@dataclass(frozen=True, slots=True)
class RunState:
    """How far the run of an hour is."""

    hour: int
    shards: int
    done: int
    ranked: bool


@dataclass(frozen=True, slots=True)
class LeagueState:
    """All of it; `leases` and `gauges` are those that run, `run` is None before the first."""

    head: BoardHead | None
    league: LeagueStatus
    run: RunState | None
    slots: int
    leases: list[Lease]
    gauges: list[Lease]
    exchange: ExchangeStatus
    queues: dict[str, QueueDepths]
    switches: dict[Switch, str]


def league_state(
    exchange: str, now: datetime, machine: datetime, stores: StateStores
) -> LeagueState:
    """How it stands: `now` by the exchange's clock, `machine` by ours."""
    return LeagueState(
        head=stores.boards.current(DAY.name),
        league=show_status(boards=stores.boards, seats=stores.seats, history=stores.history),
        run=_run(stores.runs),
        slots=stores.accounts.slots(),
        leases=_running(INGEST, machine, stores.leases),
        gauges=_running(GAUGES, machine, stores.leases),
        exchange=show_exchange(exchange, now, conditions=stores.conditions, prices=stores.prices),
        queues={name: queue.depths() for name, queue in stores.queues.items()},
        switches=stores.switches.read(),
    )


def _run(runs: Runs) -> RunState | None:
    hour = runs.newest_begun()
    if hour is None:
        return None
    return RunState(hour, len(runs.shards(hour) or []), len(runs.done(hour)), runs.ranked(hour))


def _running(group: str, machine: datetime, leases: Leases) -> list[Lease]:
    return [each for each in leases.of_group(group) if each.until > machine]
