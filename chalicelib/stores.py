"""Everything that is stored, and its real implementation, for `wiring.py`.

Adapters are imported inside the function, so that importing this stays light.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.services import (
    exchange_ports,
    hour_file_ports,
    import_ports,
    link_ports,
    ports,
)

if TYPE_CHECKING:
    from chalicelib.adapters.dynamo.tables import Tables


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that is stored."""

    traders: ports.Traders
    accounts: ports.Accounts
    links: link_ports.Links
    ledger: ports.Ledger
    holdings: ports.Holdings
    history: ports.History
    seats: ports.Seats
    prices: ports.Prices
    boards: ports.Boards
    runs: ports.Runs
    leases: ports.Leases
    corrections: ports.Corrections
    doubts: ports.Doubts
    follows: ports.Follows
    conditions: exchange_ports.ExchangeConditions
    imports: import_ports.Imports
    secrets: hour_file_ports.RowSecrets
    chain: hour_file_ports.Chain


def dynamo_stores(bound: "Tables", exchange: str) -> Stores:
    """Every store on the tables, with the prices of that exchange."""
    from chalicelib.adapters.dynamo.accounts import DynamoAccounts
    from chalicelib.adapters.dynamo.boards import DynamoBoards
    from chalicelib.adapters.dynamo.chain import DynamoChain
    from chalicelib.adapters.dynamo.corrections import DynamoCorrections
    from chalicelib.adapters.dynamo.doubts import DynamoDoubts
    from chalicelib.adapters.dynamo.exchange_conditions import DynamoExchangeConditions
    from chalicelib.adapters.dynamo.follows import DynamoFollows
    from chalicelib.adapters.dynamo.history import DynamoHistory
    from chalicelib.adapters.dynamo.holdings import DynamoHoldings
    from chalicelib.adapters.dynamo.imports import DynamoImports
    from chalicelib.adapters.dynamo.leases import DynamoLeases
    from chalicelib.adapters.dynamo.ledger import DynamoLedger
    from chalicelib.adapters.dynamo.links import DynamoLinks
    from chalicelib.adapters.dynamo.prices import DynamoPrices
    from chalicelib.adapters.dynamo.row_secrets import DynamoRowSecrets
    from chalicelib.adapters.dynamo.runs import DynamoRuns
    from chalicelib.adapters.dynamo.seats import DynamoSeats
    from chalicelib.adapters.dynamo.traders import DynamoTraders

    return Stores(
        traders=DynamoTraders(bound),
        accounts=DynamoAccounts(bound),
        links=DynamoLinks(bound),
        ledger=DynamoLedger(bound),
        holdings=DynamoHoldings(bound),
        history=DynamoHistory(bound),
        seats=DynamoSeats(bound),
        prices=DynamoPrices(bound, exchange),
        boards=DynamoBoards(bound),
        runs=DynamoRuns(bound),
        leases=DynamoLeases(bound),
        corrections=DynamoCorrections(bound),
        doubts=DynamoDoubts(bound),
        follows=DynamoFollows(bound),
        conditions=DynamoExchangeConditions(bound),
        imports=DynamoImports(bound),
        secrets=DynamoRowSecrets(bound),
        chain=DynamoChain(bound),
    )
