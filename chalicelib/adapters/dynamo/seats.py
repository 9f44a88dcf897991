"""The Seats port: B#<block> / WHO, flat attributes per place in the block.

n_17 name, t_17 trader, x_17 exchanges, s_17 L (listed) or H (hidden) with, behind it, the
milliseconds of retiring. Each writer sets those of one seat, so writers never meet.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.follows import FOLLOWERS, counts_of
from chalicelib.adapters.dynamo.instants import instant, milliseconds
from chalicelib.adapters.dynamo.tables import RawItem, Tables, key
from chalicelib.adapters.dynamo.traders import seats_handed_out
from chalicelib.domain.account import SEATS_PER_BLOCK, block_of
from chalicelib.services.ports import Seat


class DynamoSeats:
    """Who sits where, in the table `history`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, seat: Seat) -> None:
        """Set this seat's attributes, and no other's."""
        place = seat.seat % SEATS_PER_BLOCK
        retired = "" if seat.retired_at is None else str(milliseconds(seat.retired_at))
        texts = {
            "n": seat.name,
            "t": seat.trader_id,
            "x": " ".join(seat.exchanges),
            "s": ("L" if seat.listed else "H") + retired,
        }
        with store_errors(f"setting seat {seat.seat}"):
            self._tables.client.update_item(
                TableName=self._tables.name("history"),
                Key=key(f"B#{block_of(seat.seat)}", "WHO"),
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in texts),
                ExpressionAttributeNames={f"#{name}": f"{name}_{place}" for name in texts},
                ExpressionAttributeValues={f":{n}": {"S": text} for n, text in texts.items()},
            )

    def of_blocks(self, blocks: Sequence[int]) -> dict[int, Seat]:
        """Seats taken in these blocks, by number."""
        found = _seats(self._tables.get_each("history", [(f"B#{each}", "WHO") for each in blocks]))
        return {seat.seat: seat for seat in sorted(found, key=lambda seat: seat.seat)}

    def of_seats(self, seats: Sequence[int]) -> dict[int, Seat]:
        """Those of `seats` that are taken, with the number of their followers."""
        wanted = set(seats)
        blocks = sorted({block_of(seat) for seat in wanted})
        keys = [(f"B#{block}", sk) for block in blocks for sk in ("WHO", FOLLOWERS)]
        items = self._tables.get_each("history", keys)
        followers = counts_of([each for each in items if each["sk"]["S"] == FOLLOWERS], seats)
        found = _seats(each for each in items if each["sk"]["S"] == "WHO")
        return {
            each.seat: replace(each, followers=followers[each.seat])
            for each in sorted(found, key=lambda seat: seat.seat)
            if each.seat in wanted
        }

    def count(self) -> int:
        """How many seats were ever handed out."""
        return seats_handed_out(self._tables)


def _seats(items: Iterable[RawItem]) -> Iterator[Seat]:
    for item in items:
        first = int(item["pk"]["S"].removeprefix("B#")) * SEATS_PER_BLOCK
        for name in item:
            if name.startswith("n_"):
                place = name.removeprefix("n_")
                yield _seat(first + int(place), place, item)


def _seat(number: int, place: str, item: RawItem) -> Seat:
    state = item[f"s_{place}"]["S"]
    return Seat(
        seat=number,
        trader_id=item[f"t_{place}"]["S"],
        name=item[f"n_{place}"]["S"],
        exchanges=tuple(item[f"x_{place}"]["S"].split()),
        listed=state.startswith("L"),
        retired_at=instant(state[1:]) if state[1:] else None,
    )
