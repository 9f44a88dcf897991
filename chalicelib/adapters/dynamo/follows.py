"""The Follows port: T#<follower> / FOLLOW#<leader>, the same the other way round as T#<leader> /
FOLLOWER#<follower>, and how many they are in B#<block> / FOLLOWERS.

The number is counted anew whenever it may have changed, and set under the condition that nobody
set it meanwhile. So a repeated or interrupted call never lets it drift, as adding 1 would.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.items import FollowerItem, FollowItem
from chalicelib.adapters.dynamo.tables import RawItem, Tables, key
from chalicelib.domain.account import SEATS_PER_BLOCK, block_of
from chalicelib.domain.errors import Conflict
from chalicelib.domain.follow import Follow

FOLLOWERS: Final = "FOLLOWERS"
_TRIES: Final = 5


class DynamoFollows:
    """Follows in the table `traders`; their numbers in `history`, 256 leaders to an item."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, follow: Follow) -> None:
        """Both rows, the leader's first: whoever has the other one is in the leader's list."""
        with store_errors(f"following {follow.leader_id}"):
            self._of_leader(follow).save()
            self._of_follower(follow).save()
        self._count(follow.leader_id, follow.leader_seat)

    def remove(self, follow: Follow) -> None:
        """Both rows, the follower's last, so that a call cut short can be repeated."""
        with store_errors(f"following {follow.leader_id} no more"):
            self._of_leader(follow).delete()
            self._count(follow.leader_id, follow.leader_seat)
            self._of_follower(follow).delete()

    def exists(self, follower_id: str, leader_id: str) -> bool:
        """Read as routes read: one of a moment ago may not be there yet."""
        found = self._tables.find(
            FollowItem, f"T#{follower_id}", f"FOLLOW#{leader_id}", consistent=False
        )
        return found is not None

    def of_follower(self, follower_id: str) -> list[Follow]:
        """All he follows, by leader id."""
        with store_errors(f"reading whom {follower_id} follows"):
            found = self._tables.model(FollowItem).query(
                f"T#{follower_id}", FollowItem.sk.startswith("FOLLOW#"), consistent_read=True
            )
            return [
                Follow(follower_id, each.sk.removeprefix("FOLLOW#"), int(each.seat), each.since)
                for each in found
            ]

    def of_leader(self, leader_id: str) -> Iterator[str]:
        """Ids of all who follow him, read page by page as they are taken."""
        rows = self._tables.query("traders", **_followers_of(leader_id))
        return (row["sk"]["S"].removeprefix("FOLLOWER#") for row in rows)

    def counts(self, seats: Sequence[int]) -> dict[int, int]:
        """Followers of each of those leaders, by seat."""
        blocks = sorted({block_of(seat) for seat in seats})
        items = self._tables.get_each("history", [(f"B#{each}", FOLLOWERS) for each in blocks])
        return counts_of(items, seats)

    def _of_leader(self, follow: Follow) -> FollowerItem:
        item = self._tables.model(FollowerItem)
        return item(f"T#{follow.leader_id}", f"FOLLOWER#{follow.follower_id}", since=follow.since)

    def _of_follower(self, follow: Follow) -> FollowItem:
        item = self._tables.model(FollowItem)
        pk, sk = f"T#{follow.follower_id}", f"FOLLOW#{follow.leader_id}"
        return item(pk, sk, seat=follow.leader_seat, since=follow.since)

    def _count(self, leader_id: str, seat: int) -> None:
        """Set the number to what the leader's rows add up to. Where others are quicker each
        time, it is theirs that stands, and the next follow puts it right."""
        pk, place = f"B#{block_of(seat)}", seat % SEATS_PER_BLOCK
        for _ in range(_TRIES):
            stored = self._tables.get_each("history", [(pk, FOLLOWERS)], consistent=True)
            edition = int(stored[0].get(f"v_{place}", {"N": "0"})["N"]) if stored else 0
            try:
                self._set(pk, place, edition, sum(1 for _ in self.of_leader(leader_id)))
            except Conflict:
                continue
            return

    def _set(self, pk: str, place: int, edition: int, followers: int) -> None:
        with store_errors("counting followers"):
            self._tables.client.update_item(
                TableName=self._tables.name("history"),
                Key=key(pk, FOLLOWERS),
                UpdateExpression="SET #f = :followers, #v = :next",
                ConditionExpression="attribute_not_exists(#v) OR #v = :edition",
                ExpressionAttributeNames={"#f": f"f_{place}", "#v": f"v_{place}"},
                ExpressionAttributeValues={
                    ":followers": {"N": str(followers)},
                    ":edition": {"N": str(edition)},
                    ":next": {"N": str(edition + 1)},
                },
            )


def counts_of(items: Sequence[RawItem], seats: Sequence[int]) -> dict[int, int]:
    """By seat, from raw B#<block> / FOLLOWERS items; 0 where nothing is stored."""
    by_block = {item["pk"]["S"]: item for item in items}
    return {
        seat: int(
            by_block.get(f"B#{block_of(seat)}", {}).get(f"f_{seat % SEATS_PER_BLOCK}", {"N": "0"})[
                "N"
            ]
        )
        for seat in seats
    }


def _followers_of(leader_id: str) -> RawItem:
    return {
        "KeyConditionExpression": "pk = :leader AND begins_with(sk, :follower)",
        "ExpressionAttributeValues": {
            ":leader": {"S": f"T#{leader_id}"},
            ":follower": {"S": "FOLLOWER#"},
        },
        "ConsistentRead": True,
    }
