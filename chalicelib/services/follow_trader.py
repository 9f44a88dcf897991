"""Follow a trader, follow him no more, and show whom one follows."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.account import Trader
from chalicelib.domain.errors import Conflict, InvalidRequest, NotFound
from chalicelib.domain.follow import MOST_FOLLOWS, Follow
from chalicelib.domain.windows import DAY
from chalicelib.services.ports import Boards, Follows, History, Seat, Seats, Traders
from chalicelib.services.public_traders import Asker, ReadStores, seen_trader
from chalicelib.services.show_board import BoardRow, board_rows


@dataclass(frozen=True, slots=True)
class FollowedTrader:
    """One whom somebody follows, with what the board shows of him (None: he is not listed now,
    or there is no board yet)."""

    name: str
    since: datetime
    row: BoardRow | None


def follow_trader(follower: Trader, name: str, now: datetime, stores: ReadStores) -> Follow:
    """The follow, as it was made first; asked for again it stays.

    Raises NotFound for a name that is unknown or not listed, InvalidRequest for his own,
    Conflict when he follows as many as one may.
    """
    leader, _ = seen_trader(name, Asker(follower.trader_id), stores)
    if leader.trader_id == follower.trader_id:
        raise InvalidRequest("you cannot follow yourself; your own numbers are on your profile")
    follows = stores.follows.of_follower(follower.trader_id)
    known = next((each for each in follows if each.leader_id == leader.trader_id), None)
    if known is None and len(follows) >= MOST_FOLLOWS:
        raise Conflict(f"you follow {len(follows)} traders, the most there can be; drop one first")
    follow = known or Follow(follower.trader_id, leader.trader_id, leader.seat, now)
    stores.follows.put(follow)
    return follow


def unfollow_trader(follower: Trader, name: str, traders: Traders, follows: Follows) -> None:
    """Follow him no more; also one who is not listed any longer. Raises NotFound for a name that
    he does not follow and that nobody listed has."""
    leader = traders.by_name(name) if name else None
    found = next(
        (
            each
            for each in follows.of_follower(follower.trader_id)
            if leader is not None and each.leader_id == leader.trader_id
        ),
        None,
    )
    if found is not None:
        follows.remove(found)
    elif leader is None or not leader.visibility.listed:
        raise NotFound(f"no trader is called {name!r}; search for the start of it")


def show_follows(
    follower: Trader, *, follows: Follows, seats: Seats, boards: Boards, history: History
) -> list[FollowedTrader]:
    """All he follows, by name, with the numbers of the current board."""
    found = {each.leader_seat: each for each in follows.of_follower(follower.trader_id)}
    seated = seats.of_seats(sorted(found))
    shown = sorted(seated.values(), key=lambda seat: seat.name.casefold())
    head = boards.current(DAY.name)
    listed: list[Seat] = [seat for seat in shown if seat.listed]
    rows = board_rows(listed, DAY, head.hour, history) if head else []
    by_name = {row.name: row for row in rows}
    return [
        FollowedTrader(seat.name, found[seat.seat].since, by_name.get(seat.name)) for seat in shown
    ]
