"""What recording and marking work on, out of all stores (the fakes, or those on an emulator)."""

from typing import Protocol

from chalicelib import wiring
from chalicelib.services import ports
from chalicelib.services.mark_shard import MarkStores
from chalicelib.services.start_link import Stores as RecordStores
from tests.fakes import Fakes


class AllStores(Protocol):
    """Every store by name."""

    @property
    def accounts(self) -> ports.Accounts: ...
    @property
    def ledger(self) -> ports.Ledger: ...
    @property
    def holdings(self) -> ports.Holdings: ...
    @property
    def doubts(self) -> ports.Doubts: ...
    @property
    def prices(self) -> ports.Prices: ...
    @property
    def runs(self) -> ports.Runs: ...
    @property
    def history(self) -> ports.History: ...
    @property
    def corrections(self) -> ports.Corrections: ...


def record_stores(stores: AllStores) -> RecordStores:
    """Where recording reads and writes."""
    return RecordStores(
        accounts=stores.accounts,
        ledger=stores.ledger,
        holdings=stores.holdings,
        doubts=stores.doubts,
        runs=stores.runs,
        corrections=stores.corrections,
    )


def mark_stores(stores: AllStores) -> MarkStores:
    """What a mark reads and writes."""
    return MarkStores(
        holdings=stores.holdings,
        ledger=stores.ledger,
        history=stores.history,
        prices=stores.prices,
        runs=stores.runs,
        corrections=stores.corrections,
    )


def stores_of(fakes: Fakes) -> wiring.Stores:
    """The stores in memory, as the league knows them."""
    return wiring.Stores(
        traders=fakes.traders,
        accounts=fakes.accounts,
        links=fakes.links,
        ledger=fakes.ledger,
        holdings=fakes.holdings,
        history=fakes.history,
        seats=fakes.seats,
        prices=fakes.prices,
        boards=fakes.boards,
        runs=fakes.runs,
        leases=fakes.leases,
        conditions=fakes.conditions,
        corrections=fakes.corrections,
        doubts=fakes.doubts,
        follows=fakes.follows,
        imports=fakes.imports,
        secrets=fakes.secrets,
        chain=fakes.chain,
    )
