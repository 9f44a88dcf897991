"""Start a link: the account's first snapshot becomes its row, a checkpoint's worth of flows.

Called by recording alone, which also writes the snapshot's checkpoint.
"""

from dataclasses import dataclass

from chalicelib.domain.account import AccountState
from chalicelib.domain.errors import NotFound
from chalicelib.domain.holdings import AccountHoldings, Order, Quantity
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Source
from chalicelib.services.ports import (
    Accounts,
    Corrections,
    Doubts,
    Holdings,
    Ledger,
    Runs,
    Snapshot,
    StreamItem,
)


@dataclass(frozen=True, slots=True)
class Stores:
    """Where recording reads and writes."""

    accounts: Accounts
    ledger: Ledger
    holdings: Holdings
    doubts: Doubts
    runs: Runs
    corrections: Corrections


def start_link(item: StreamItem, snapshot: Snapshot, stores: Stores) -> None:
    """Make the link's row, then the flows that bring its holdings in.

    The first snapshot of a link wins, also against a second one that a restarted container
    sent: the row keeps its instant, and only that snapshot's flows are ever written.
    """
    if link_is_over(item, stores):
        return
    checkpoint = snapshot.checkpoint
    at = checkpoint.taken_at
    held = {asset: amount for asset, amount in checkpoint.quantities.items() if amount}
    stores.holdings.create(
        AccountHoldings(
            account_id=item.account_id,
            trader_id=item.trader_id,
            seat=item.seat,
            exchange=item.exchange,
            link_number=item.link_number,
            linked_at=at,
            quantities={
                asset: Quantity(amount, Order(at, at, 0)) for asset, amount in held.items()
            },
            last_event_at=at if held else None,
            last_flow_at=at if held else None,
        )
    )
    row = stores.holdings.get(item.seat, item.account_id)
    if row is None or (row.link_number, row.linked_at) != (item.link_number, at):
        return
    flows = [
        BalanceChange(ChangeKind.LINK, asset, amount, at, str(item.link_number), Source.LEAGUE)
        for asset, amount in sorted(held.items())
    ]
    stores.ledger.add(item.account_id, flows)


def link_is_over(item: StreamItem, stores: Stores) -> bool:
    """Whether the account was unlinked, linked anew, or never existed."""
    try:
        account = stores.accounts.get(item.account_id)
    except NotFound:
        return True
    return account.state is AccountState.UNLINKED or account.link_number > item.link_number
