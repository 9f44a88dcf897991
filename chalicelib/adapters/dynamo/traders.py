"""The Traders port: profiles, unique names, and the counter of seats."""

from datetime import datetime, timedelta

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.items import NameItem, SeatCounterItem, TraderItem
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.account import Audience, Trader, TradesView, Visibility
from chalicelib.domain.errors import Conflict, InvalidRequest, NotFound

_NAME_IS_FREE_AFTER = timedelta(hours=1)


def seats_handed_out(tables: Tables) -> int:
    """How many seats were ever handed out."""
    counter = tables.find(SeatCounterItem, "SEATS", "COUNTER")
    return int(counter.handed_out) if counter else 0


class DynamoTraders:
    """Traders in the table of that name."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def next_seat(self) -> int:
        """A number never handed out before; one that is lost on the way stays empty."""
        counter = self._tables.model(SeatCounterItem)("SEATS", "COUNTER")
        with store_errors("handing out a seat"):
            counter.update(actions=[SeatCounterItem.handed_out.add(1)])
        return int(counter.handed_out) - 1

    def claim_name(self, name: str, trader_id: str, seat: int | None, now: datetime) -> None:
        """Bind `name`. Raises Conflict when another has it (see the port)."""
        claim = self._tables.model(NameItem)(
            *_name_key(name), name=name, trader=trader_id, seat=seat, claimed_at=now
        )
        free = NameItem.pk.does_not_exist() | (NameItem.trader == trader_id)
        held = self._tables.find(NameItem, *_name_key(name))
        if held is not None and self._is_abandoned(held, now):
            free |= NameItem.trader == held.trader
        try:
            with store_errors(f"claiming the name {name!r}"):
                claim.save(condition=free)
        except Conflict as conflict:
            raise Conflict(f"the name {name!r} is taken") from conflict

    def holder_of(self, name: str) -> str | None:
        """Whose name it is, profile or not."""
        held = name and self._tables.find(NameItem, *_name_key(name))
        return held.trader if held else None

    def release_name(self, name: str, trader_id: str) -> None:
        """Give the claim up, if it is `trader_id`'s."""
        claim = self._tables.model(NameItem)(*_name_key(name))
        try:
            with store_errors(f"releasing the name {name!r}"):
                claim.delete(condition=NameItem.trader == trader_id)
        except Conflict:
            return

    def _is_abandoned(self, claim: NameItem, now: datetime) -> bool:
        if now - claim.claimed_at <= _NAME_IS_FREE_AFTER:
            return False
        return self._tables.find(TraderItem, f"T#{claim.trader}", "PROFILE") is None

    def save(self, trader: Trader) -> None:
        """Write the whole profile."""
        shown = trader.visibility
        item = self._tables.model(TraderItem)(
            f"T#{trader.trader_id}",
            "PROFILE",
            name=trader.name,
            seat=trader.seat,
            joined_at=trader.joined_at,
            listed=shown.listed,
            trades=shown.trades.value,
            trades_for=shown.trades_for.value,
            allocation_for=shown.allocation_for.value,
            retired_at=trader.retired_at,
            leaving=trader.leaving or None,
        )
        with store_errors(f"saving trader {trader.trader_id}"):
            item.save()

    def get(self, trader_id: str) -> Trader:
        """Raises NotFound."""
        item = self._tables.find(TraderItem, f"T#{trader_id}", "PROFILE")
        if item is None:
            raise NotFound(f"no trader {trader_id}")
        return trader_of(item)

    def remove(self, trader_id: str) -> None:
        """Remove the profile; one that is gone is no error."""
        with store_errors(f"removing trader {trader_id}"):
            self._tables.model(TraderItem)(f"T#{trader_id}", "PROFILE").delete()

    def by_name(self, name: str) -> Trader:
        """The trader of that name, case-folded. Raises NotFound.

        Read as routes read: a name claimed a moment ago may not be there yet.
        """
        claim = name and self._tables.find(NameItem, *_name_key(name), consistent=False)
        item = claim and self._tables.find(
            TraderItem, f"T#{claim.trader}", "PROFILE", consistent=False
        )
        if not item:
            raise NotFound(f"no trader is called {name!r}")
        return trader_of(item)

    def starting_with(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Names and seats by name; read page by page until `limit` are found."""
        if not prefix:
            raise InvalidRequest("the start of a name is empty")
        letter, start = _name_key(prefix)
        with store_errors(f"searching names from {prefix!r}"):
            found = self._tables.model(NameItem).query(
                letter, NameItem.sk.startswith(start), NameItem.seat.exists(), limit=limit
            )
            return [(each.name, int(each.seat)) for each in found]


def _name_key(name: str) -> tuple[str, str]:
    folded = name.casefold()
    return f"NAME#{folded[0]}", folded


def trader_of(item: TraderItem) -> Trader:
    """The trader of a profile."""
    visibility = Visibility(
        listed=item.listed,
        trades=TradesView(item.trades),
        trades_for=Audience(item.trades_for),
        allocation_for=Audience(item.allocation_for),
    )
    return Trader(
        trader_id=item.pk.removeprefix("T#"),
        name=item.name,
        seat=int(item.seat),
        joined_at=item.joined_at,
        visibility=visibility,
        retired_at=item.retired_at,
        leaving=bool(item.leaving),
    )
