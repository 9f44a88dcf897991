"""`operate status`: how the league stands, on one screen."""

import json
from collections.abc import Iterator
from datetime import datetime

from chalicelib import operating, wiring
from chalicelib.config import VERSION
from chalicelib.domain.switches import Switch
from chalicelib.domain.windows import hour_of
from chalicelib.entrypoints.operate_text import NONE, ago, hour, instant, percent, table
from chalicelib.services.league_state import LeagueState, StateStores, league_state

_MINUTES_FOR_A_BOARD = 10


def status() -> Iterator[str]:
    """The lines."""
    found, now, machine = wiring.stores(), wiring.now(), wiring.machine_now()
    where = StateStores(
        boards=found.boards,
        seats=found.seats,
        history=found.history,
        runs=found.runs,
        accounts=found.accounts,
        leases=found.leases,
        prices=found.prices,
        conditions=found.conditions,
        switches=wiring.switch_store(),
        queues=operating.queues(),
    )
    return lines(league_state(wiring.EXCHANGE, now, machine, where), now, machine)


def lines(state: LeagueState, now: datetime, machine: datetime) -> Iterator[str]:
    """How the state is written at `now` by the exchange's clock, `machine` by ours."""
    settings = wiring.settings()
    yield f"league     stage {settings.stage}, version {VERSION}, {instant(now)} exchange time"
    yield from _hour(state, now)
    yield from _queues(state)
    yield from _exchange(state, machine)
    yield from _containers(state, machine)
    yield from _switches(state)


def _hour(state: LeagueState, now: datetime) -> Iterator[str]:
    head, run, this = state.head, state.run, hour_of(now)
    if head is None:
        yield "board      none yet: it appears at the first full hour after a link"
    else:
        behind = this - head.hour
        late = behind > 1 or (behind == 1 and now.minute >= _MINUTES_FOR_A_BOARD)
        said = "up to date" if not behind else f"{behind} h behind" + (" — LATE" if late else "")
        yield f"board      {hour(head.hour)} revision {head.revision}, {said}"
        league = head.league
        yield (
            f"traders    {league.joined} joined, {league.active} active, {league.retired} retired, "
            f"{league.ranked} ranked in 24h, median {percent(league.median)} %"
        )
        yield f"fresh      {state.league.fresh} of {state.league.active} at the mark"
    if run is not None:
        said = "ranked" if run.ranked else "not ranked"
        yield f"run        {hour(run.hour)}: {run.done} of {run.shards} shards marked, {said}"


def _queues(state: LeagueState) -> Iterator[str]:
    for name, depths in state.queues.items():
        dead = f"{depths.dead} DEAD LETTERS" if depths.dead else "no dead letters"
        yield f"{name:<10} {depths.waiting} waiting, {depths.in_work} in work, {dead}"


def _exchange(state: LeagueState, machine: datetime) -> Iterator[str]:
    found = state.exchange.condition
    if found is None:
        yield "exchange   nobody has watched it yet"
    else:
        until = f" until {instant(found.until)}" if found.until else ""
        lasting = ago(machine - found.since)
        yield f"exchange   {found.condition.value}{until}, for {lasting}"
    yield f"lag        newest prices {ago(state.exchange.prices_age)} old"


def _containers(state: LeagueState, machine: datetime) -> Iterator[str]:
    work: dict[str, list[str]] = {each.holder: [] for each in state.gauges}
    for lease in state.leases:
        ready = "" if lease.note == "ready" else " (not ready)"
        work.setdefault(lease.holder, []).append(lease.name + ready)
    held = sum(lease.name.startswith("slot ") for lease in state.leases)
    yield f"slots      {state.slots}, {held} held by {len(work)} containers"
    notes = {each.holder: json.loads(each.note) for each in state.gauges}
    names = ("version", "accounts", "not_fresh", "gaps", "weight_used")
    rows = [("  container", *(name.replace("_", " ") for name in names), "work")]
    for holder, works in sorted(work.items()):
        note = notes.get(holder, {})
        cells = (str(note.get(name, NONE)) for name in names)
        rows.append((f"  {holder}", *cells, ", ".join(sorted(works)) or NONE))
    yield from table(rows)


def _switches(state: LeagueState) -> Iterator[str]:
    kept = [f"{each.value} = {text}" for each, text in state.switches.items()]
    yield "switches   " + ("; ".join(kept) if kept else f"none of {len(Switch)} set")
