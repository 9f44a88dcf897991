"""PynamoDB models, one per kind of item, for what is not on a hot path.

Amounts are kept as text: exact at any length (a DynamoDB number ends at 38 digits), and the
tables add nothing up. Bind a model with `Tables.model`.
"""

from datetime import datetime
from typing import Any, ClassVar, Final

from pynamodb.attributes import (
    Attribute,
    BinaryAttribute,
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
)
from pynamodb.constants import NUMBER
from pynamodb.models import Model

from chalicelib.adapters.dynamo.instants import instant, milliseconds


class InstantAttribute(Attribute[datetime]):
    """An instant as milliseconds since 1970."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        """The milliseconds as digits."""
        return str(milliseconds(value))

    def deserialize(self, value: str) -> datetime:
        """The instant of those digits."""
        return instant(value)


class Item(Model):
    """What all items have."""

    TABLE: ClassVar[str]
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class TraderItem(Item):
    """T#<trader> / PROFILE"""

    TABLE = "traders"
    name = UnicodeAttribute()
    seat = NumberAttribute()
    joined_at = InstantAttribute()
    listed = BooleanAttribute()
    trades = UnicodeAttribute()
    trades_for = UnicodeAttribute()
    allocation_for = UnicodeAttribute()
    retired_at = InstantAttribute(null=True)
    leaving = BooleanAttribute(null=True)


class NameItem(Item):
    """NAME#<first letter> / <case-folded name>"""

    TABLE = "traders"
    name = UnicodeAttribute()
    trader = UnicodeAttribute()
    seat = NumberAttribute(null=True)
    claimed_at = InstantAttribute()


class FollowItem(Item):
    """T#<follower> / FOLLOW#<leader>"""

    TABLE = "traders"
    seat = NumberAttribute()  # the leader's
    since = InstantAttribute()


class FollowerItem(Item):
    """T#<leader> / FOLLOWER#<follower>"""

    TABLE = "traders"
    since = InstantAttribute()


class SeatCounterItem(Item):
    """SEATS / COUNTER"""

    TABLE = "traders"
    handed_out = NumberAttribute()


class AccountItem(Item):
    """A#<account> / META"""

    TABLE = "accounts"
    trader = UnicodeAttribute()
    seat = NumberAttribute()
    exchange = UnicodeAttribute()
    link = NumberAttribute()
    slot = NumberAttribute()
    state = UnicodeAttribute()
    linked_at = InstantAttribute()
    ciphertext = BinaryAttribute(legacy_encoding=False, null=True)
    uid = UnicodeAttribute(null=True)
    refusals = UnicodeAttribute(null=True)
    unlinked_at = InstantAttribute(null=True)
    takes_back = BooleanAttribute(null=True)
    imported = UnicodeAttribute(null=True)
    trouble = UnicodeAttribute(null=True)
    trouble_since = InstantAttribute(null=True)


class TraderAccountItem(Item):
    """T#<trader> / A#<account>: he linked it once"""

    TABLE = "accounts"


class UidItem(Item):
    """UID#<exchange>#<uid> / BOUND"""

    TABLE = "accounts"
    trader = UnicodeAttribute()
    account = UnicodeAttribute()
    since = InstantAttribute()
    proven = BooleanAttribute(null=True)


ISSUED_PAIR: Final = "PAIR"


class IssuedPairItem(Item):
    """A#<account> / PAIR"""

    TABLE = "accounts"
    trader = UnicodeAttribute()
    exchange = UnicodeAttribute()
    ciphertext = BinaryAttribute(legacy_encoding=False)
    until = InstantAttribute()
    expires_at = NumberAttribute()


class KeyClaimItem(Item):
    """T#<trader> / KEY#<digest>: the account he links with that key"""

    TABLE = "accounts"
    account = UnicodeAttribute()


class RosterItem(Item):
    """SLOT#<slot> / A#<account>: the account is on the slot's roster"""

    TABLE = "accounts"


class RosterNumberItem(Item):
    """SLOT#<slot> / NUMBER"""

    TABLE = "accounts"
    number = NumberAttribute()


class PriceItem(Item):
    """PRICE#<exchange> / M#<minute>, H#<hour>, LATEST or SYMBOLS"""

    TABLE = "history"
    content = BinaryAttribute(legacy_encoding=False)
    expires_at = NumberAttribute(null=True)


class BoardHeadItem(Item):
    """BOARD#<window> / CURRENT"""

    TABLE = "history"
    edition = NumberAttribute()
    hour = NumberAttribute()
    revision = NumberAttribute()
    length = NumberAttribute()
    joined = NumberAttribute()
    active = NumberAttribute()
    retired = NumberAttribute()
    ranked = NumberAttribute()
    median = NumberAttribute(null=True)


class RunItem(Item):
    """RUN#<hour> / STATE"""

    TABLE = "jobs"
    shards: ListAttribute[Any] = ListAttribute(of=NumberAttribute, null=True)
    done = NumberSetAttribute(null=True)
    ranked = BooleanAttribute(null=True)
    expires_at = NumberAttribute(null=True)


class ShardItem(Item):
    """SHARD#<shard> / STATE"""

    TABLE = "jobs"
    last_complete = NumberAttribute()


class DoubtItem(Item):
    """DOUBT#<slot> / A#<account>#<ms>"""

    TABLE = "jobs"


class NewestRunItem(Item):
    """RUN#LAST / STATE"""

    TABLE = "jobs"
    hour = NumberAttribute()


class LastHourFileItem(Item):
    """HOURFILE / LAST: the newest public file of an hour"""

    TABLE = "jobs"
    hour = NumberAttribute()
    revision = NumberAttribute()
    sha256 = UnicodeAttribute()
    names_sha256 = UnicodeAttribute()


class ExchangeConditionItem(Item):
    """EXCHANGE#<exchange> / STATE"""

    TABLE = "jobs"
    condition = UnicodeAttribute()
    since = InstantAttribute()
    until = InstantAttribute(null=True)


class LeaseItem(Item):
    """LEASE#<group> / <name>"""

    TABLE = "jobs"
    holder = UnicodeAttribute()
    until = InstantAttribute()
    note = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()


class TriesItem(Item):
    """TRIES#<what>#<digest> / <window>"""

    TABLE = "jobs"
    tries = NumberAttribute()
    expires_at = NumberAttribute()
