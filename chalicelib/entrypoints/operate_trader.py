"""`operate trader NAME`: how one trader stands, from his keys to the board.

No amount is shown unless it is asked for.
"""

from collections.abc import Iterator

from chalicelib import wiring
from chalicelib.domain.account import Trader, block_of, shard_of
from chalicelib.domain.block import Flag, Kind
from chalicelib.domain.own_windows import NotRanked, OwnWindow
from chalicelib.domain.windows import BY_NAME
from chalicelib.entrypoints.operate_corrections import record_lines
from chalicelib.entrypoints.operate_text import NONE, hour, instant, percent
from chalicelib.services.trader_state import AccountTrail, TraderState, TrailStores, trader_state


def trader(name: str, *, reveal: bool) -> Iterator[str]:
    """The lines. Raises NotFound for a name that nobody has."""
    found, member = wiring.stores(), wiring.stores().traders.by_name(name)
    where = TrailStores(
        accounts=found.accounts,
        holdings=found.holdings,
        ledger=found.ledger,
        doubts=found.doubts,
        imports=found.imports,
        history=found.history,
        boards=found.boards,
        runs=found.runs,
        corrections=found.corrections,
    )
    state = trader_state(member, wiring.now(), where, wiring.explain_windows)
    return lines(member, state, reveal=reveal)


def lines(member: Trader, state: TraderState, *, reveal: bool) -> Iterator[str]:
    """How the state is written; quantities and values only with `reveal`."""
    seat, sees = member.seat, member.visibility
    yield f"trader     {member.name}, id {member.trader_id}"
    yield f"place      seat {seat}, shard {shard_of(seat)}, block {block_of(seat)}"
    yield f"joined     {instant(member.joined_at)}, retired {instant(member.retired_at)}"
    yield (
        f"shows      {'listed' if sees.listed else 'NOT LISTED'}, trades {sees.trades.value} for "
        f"{sees.trades_for.value}, allocation for {sees.allocation_for.value}"
    )
    for trail in state.accounts:
        yield from _account(trail, reveal=reveal)
    if not state.accounts:
        yield "account    none was ever linked"
    yield f"marks      shard marked up to {hour(state.marked_to)}, board of {hour(state.hour)}"
    value = state.mark.value(Kind.HOUR)
    shown = f", value {value:.8f} USDT" if reveal and value is not None else ""
    yield f"mark       {flags(state.mark.flags())}{shown}"
    for name, window in state.windows.items():
        yield f"{name:<10} {_window(name, window, state)}"
    if state.corrected:
        yield "corrected  in the last day by late events:"
        yield from record_lines(state.corrected)


def _account(trail: AccountTrail, *, reveal: bool) -> Iterator[str]:
    account, row = trail.account, trail.row
    uid = f", uid {account.uid}" if reveal else ""
    yield f"account    {account.account_id} at {account.exchange}{uid}"
    trouble = f", trouble {account.trouble.value}" if account.trouble else ""
    refusals = "".join(f", refused: {each.value}" for each in account.refusals)
    yield (
        f"  link     number {account.link_number} in slot {account.slot}, "
        f"{account.state.value}{trouble}{refusals}, key {'kept' if account.ciphertext else 'gone'}"
    )
    if row is None:
        yield "  row      none: its first snapshot has not been recorded"
    else:
        yield (
            f"  row      link {row.link_number} since {instant(row.linked_at)}, last event "
            f"{instant(row.last_event_at)}, last flow {instant(row.last_flow_at)}"
        )
        yield f"  books    read {instant(trail.read_at)}, agreed {instant(row.reconciled_at)}"
    doubts = ", ".join(map(instant, trail.doubts)) or "none"
    yield f"  doubts   {doubts}"
    if trail.imported is not None:
        yield f"  import   {trail.imported.status.value}, {trail.imported.percent} %"
    if reveal and row is not None:
        held = ", ".join(f"{amount:f} {asset}" for asset, amount in sorted(row.amounts().items()))
        yield f"  holds    {held or 'nothing'}"


def _window(name: str, window: OwnWindow, state: TraderState) -> str:
    number = f"{percent(window.shown)} %" + (" capped" if window.capped else "")
    drawdown = percent(state.mark.drawdown(BY_NAME[name]))
    if window.rank is not None:
        return f"{number}, drawdown {drawdown} %, rank {window.rank} of {window.ranked}"
    return f"{number}, not ranked: {reasons(window.not_ranked)}"


def reasons(found: list[NotRanked]) -> str:
    """Why there is no rank, and until when."""
    return "; ".join(f"{each.reason.value} until {hour(each.until)}" for each in found) or NONE


def flags(found: Flag) -> str:
    """The flags of a mark in words."""
    return " ".join(each.name.lower() for each in Flag if each in found and each.name) or "no mark"
