"""`operate rank NAME`: the marks, flows and factors behind a number, and what decided the rank.

Without `--reveal` amounts are parts of the value at the window's start, which is 1: the number
is the same, whatever that was.
"""

import math
from collections.abc import Callable, Iterator
from decimal import Decimal

from chalicelib import wiring
from chalicelib.domain.errors import NotFound
from chalicelib.domain.windows import BY_NAME
from chalicelib.entrypoints.operate_text import NONE, eight, hour, percent, table
from chalicelib.entrypoints.operate_trader import flags, reasons
from chalicelib.services.explain_rank import MarkRow, RankExplained, RankStores, explain_rank

_HEADER = ("hour", "value", "index", "factor", "deposits", "withdrawals", "mark")


def rank(name: str, window: str, at: int | None, *, reveal: bool) -> Iterator[str]:
    """The lines. Raises NotFound for an unknown name, and for an hour that is not there."""
    found = wiring.stores()
    member = found.traders.by_name(name)
    if at is None:
        head = found.boards.current(window)
        if head is None:
            raise NotFound("there is no board yet, so there is no rank to explain")
        at = head.hour
    where = RankStores(found.history, found.seats, found.accounts)
    explained = explain_rank(member, BY_NAME[window], at, where)
    return lines(f"{member.name}, {window} to {hour(at)}", explained, reveal=reveal)


def lines(title: str, found: RankExplained, *, reveal: bool) -> Iterator[str]:
    """How an explanation is written."""
    amount = _amounts(found, reveal=reveal)
    yield f"rank       {title}"
    yield from table([_HEADER, *(_row(each, amount) for each in found.rows)], right=True)
    product = math.prod(each.factor for each in found.rows if each.factor is not None)
    yield f"factors    their product is {product:.12f}"
    yield f"TWR        {eight(found.twr)} %: the index at the end / at the start − 1"
    yield f"start      {amount(found.value_at_start)}    end {amount(found.value_at_end)}"
    flows = amount(found.deposits / 1e8), amount(found.withdrawals / 1e8)
    yield f"flows      deposits {flows[0]}, withdrawals {flows[1]}"
    yield f"PnL        {amount(found.pnl)}: end − start − deposits + withdrawals"
    yield f"MWR        {eight(found.mwr)} %: PnL / (start + flows × the time left)"
    limited = "deposits are more than the start: the lower of both" if found.capped else "TWR"
    yield f"shown      {percent(found.shown)} %, from {limited}"
    same = "the same" if found.agrees else "NOT THE SAME: rebuild the hour, and find out why"
    yield f"board      {percent(found.on_board)} %, rank {found.rank or NONE}: {same}"
    yield f"drawdown   {percent(found.drawdown)} %"
    if found.ahead is not None:
        ahead = found.ahead
        yield (
            f"ahead      {ahead.by_number} by a higher number; of those with the same one "
            f"{ahead.by_drawdown} by a lower drawdown, {ahead.by_seat} by an earlier seat"
        )
    else:
        yield f"not ranked {reasons(list(found.reasons))}"


def _row(row: MarkRow, amount: Callable[[float | None], str]) -> tuple[str, ...]:
    return (
        hour(row.hour),
        amount(row.value),
        NONE if row.index is None else f"{row.index:.12f}",
        NONE if row.factor is None else f"{row.factor:.12f}",
        amount(row.deposits / 1e8) if row.deposits else NONE,
        amount(row.withdrawals / 1e8) if row.withdrawals else NONE,
        flags(row.flags),
    )


def _amounts(found: RankExplained, *, reveal: bool) -> Callable[[float | None], str]:
    """How amounts in USDT are written."""
    unit = 1.0 if reveal else found.value_at_start

    def written(number: float | None) -> str:
        if number is None or not unit:
            return NONE
        return f"{Decimal(number / unit):.8f}"

    return written
