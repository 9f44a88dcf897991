"""A league whose traders' entries are written as recording writes them, marked and ranked by the
product's own code on stores in memory."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from chalicelib.domain.account import Visibility
from chalicelib.domain.holdings import HoldingsNews, LastBuy, merge
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Fill, LedgerEntry, Source
from chalicelib.domain.market import PriceList
from chalicelib.domain.windows import hour_of
from chalicelib.services.mark_shard import mark_shard
from chalicelib.services.ports import RankTask, ShardTask
from chalicelib.services.rank_traders import RankedHour, rank_traders
from tests.builders import account_holdings, checkpoint, quantity, seat, trader
from tests.fakes import Fakes
from tests.where import mark_stores


class PlayedLeague:
    """Traders in the seats from 0 on, each with one account `A<seat>`."""

    def __init__(self) -> None:
        self.stores = Fakes()
        self._recorded = 0

    def join(
        self,
        number: int,
        name: str,
        held: Mapping[str, Decimal],
        *,
        linked_at: datetime,
        visibility: Visibility | None = None,
    ) -> None:
        """Link the account of the trader in seat `number`, who holds so much."""
        self.stores.traders.next_seat()
        made = trader(
            trader_id=f"T{number}", name=name, seat=number, visibility=visibility or Visibility()
        )
        self.stores.traders.claim_name(name, made.trader_id, number, linked_at)
        self.stores.traders.save(made)
        self.stores.seats.put(seat(number, name=name, trader_id=made.trader_id))
        first = checkpoint(linked_at, **{asset: str(each) for asset, each in held.items()})
        self.stores.ledger.add_checkpoint(f"A{number}", first)
        self.stores.ledger.add(
            f"A{number}",
            [
                BalanceChange(ChangeKind.LINK, asset, each, linked_at, "1", Source.LEAGUE)
                for asset, each in held.items()
            ],
        )
        self.stores.holdings.create(
            account_holdings(
                account_id=f"A{number}",
                trader_id=made.trader_id,
                seat=number,
                linked_at=linked_at,
                quantities={asset: quantity(str(each), linked_at) for asset, each in held.items()},
                last_event_at=linked_at,
                last_flow_at=linked_at,
            )
        )

    def show(self, name: str, visibility: Visibility) -> None:
        """Let others see so much of a trader from now on."""
        found = self.stores.traders.by_name(name)
        self.stores.traders.save(replace(found, visibility=visibility))

    def record(self, number: int, entry: LedgerEntry) -> None:
        """Write one entry and the balances after it."""
        self.stores.ledger.add(f"A{number}", [entry])
        row = self.stores.holdings.get(number, f"A{number}")
        assert row is not None
        now = row.amounts()
        self._recorded += 1
        quantities = {
            asset: quantity(str(now.get(asset, Decimal(0)) + change), entry.at, self._recorded)
            for asset, change in entry.changes().items()
        }
        flow = entry.at if isinstance(entry, BalanceChange) else None
        buys = (
            {entry.bought(): LastBuy(entry.executed_at, entry.symbol, entry.order_id)}
            if isinstance(entry, Fill)
            else {}
        )
        news = HoldingsNews(quantities, buys, entry.at, flow)
        self.stores.holdings.replace(row, merge(row, news))

    def list_prices(self, prices: PriceList) -> None:
        """Store the prices of a full hour."""
        self.stores.prices.put_hour(hour_of(prices.taken_at), prices)

    def close(self, hour: int) -> RankedHour | None:
        """Mark and rank a full hour, whose prices are stored."""
        mark_shard(ShardTask(hour, 0), mark_stores(self.stores), self.stores.tasks)
        return rank_traders(
            RankTask(hour),
            seats=self.stores.seats,
            history=self.stores.history,
            boards=self.stores.boards,
            runs=self.stores.runs,
        )
