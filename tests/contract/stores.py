"""All stores of one kind, and numbers that no other test uses.

Tables are made once per session; a test keeps to itself by asking `Fresh` for its keys.
"""

from dataclasses import dataclass
from itertools import count
from typing import Protocol

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
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.adapters.dynamo.throttle import DynamoThrottle
from chalicelib.adapters.dynamo.traders import DynamoTraders
from chalicelib.domain.account import SEATS_PER_BLOCK, SEATS_PER_SHARD
from chalicelib.services import (
    exchange_ports,
    hour_file_ports,
    identity_ports,
    import_ports,
    link_ports,
    ports,
)
from tests.fakes import Fakes

_numbers = count(1)


class Fresh:
    """Keys of one test alone."""

    def __init__(self) -> None:
        self.number = next(_numbers)
        self.account = f"ACCOUNT{self.number:04}"
        self.trader = f"TRADER{self.number:04}"
        self.name = f"Trader {self.number:04}"
        self.shard = self.number
        self.seat = self.number * SEATS_PER_SHARD
        self.block = self.seat // SEATS_PER_BLOCK
        self.hour = 480_000 + self.number * 1_000
        self.window = f"window {self.number}"


class Stores(Protocol):
    """What the suites need; `Fakes` has the same."""

    @property
    def traders(self) -> ports.Traders: ...
    @property
    def accounts(self) -> ports.Accounts: ...
    @property
    def links(self) -> link_ports.Links: ...
    @property
    def ledger(self) -> ports.Ledger: ...
    @property
    def holdings(self) -> ports.Holdings: ...
    @property
    def prices(self) -> ports.Prices: ...
    @property
    def runs(self) -> ports.Runs: ...
    @property
    def doubts(self) -> ports.Doubts: ...
    @property
    def follows(self) -> ports.Follows: ...
    @property
    def leases(self) -> ports.Leases: ...
    @property
    def conditions(self) -> exchange_ports.ExchangeConditions: ...
    @property
    def throttle(self) -> identity_ports.Throttle: ...
    @property
    def corrections(self) -> ports.Corrections: ...
    @property
    def history(self) -> ports.History: ...
    @property
    def seats(self) -> ports.Seats: ...
    @property
    def boards(self) -> ports.Boards: ...
    @property
    def imports(self) -> import_ports.Imports: ...
    @property
    def secrets(self) -> hour_file_ports.RowSecrets: ...
    @property
    def chain(self) -> hour_file_ports.Chain: ...


@dataclass
class DynamoStores:
    """Every store on the same tables; prices are those of an exchange of their own."""

    tables: Tables
    exchange: str

    def __post_init__(self) -> None:
        self.traders = DynamoTraders(self.tables)
        self.accounts = DynamoAccounts(self.tables)
        self.links = DynamoLinks(self.tables)
        self.ledger = DynamoLedger(self.tables)
        self.holdings = DynamoHoldings(self.tables)
        self.prices = DynamoPrices(self.tables, self.exchange)
        self.runs = DynamoRuns(self.tables)
        self.doubts = DynamoDoubts(self.tables)
        self.follows = DynamoFollows(self.tables)
        self.leases = DynamoLeases(self.tables)
        self.conditions = DynamoExchangeConditions(self.tables)
        self.throttle = DynamoThrottle(self.tables)
        self.corrections = DynamoCorrections(self.tables)
        self.history = DynamoHistory(self.tables)
        self.seats = DynamoSeats(self.tables)
        self.boards = DynamoBoards(self.tables)
        self.imports = DynamoImports(self.tables)
        self.secrets = DynamoRowSecrets(self.tables)
        self.chain = DynamoChain(self.tables)


def fake_stores() -> Stores:
    """Every store in memory."""
    return Fakes()
