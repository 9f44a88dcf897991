"""The Accounts port: linked exchange accounts, who they belong to, and the rosters.

A roster holds ids alone; the accounts are read from their own items, so a sealed key lies
in one place and is gone when that item loses it. How many accounts each slot has is kept in
one item, SLOTS / COUNTS, as flat attributes.
"""

from datetime import datetime
from itertools import count
from typing import Final

from pynamodb.expressions.condition import Condition

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import instant
from chalicelib.adapters.dynamo.items import (
    AccountItem,
    RosterItem,
    RosterNumberItem,
    UidItem,
)
from chalicelib.adapters.dynamo.tables import RawItem, Tables, key
from chalicelib.domain.account import ACCOUNTS_PER_SLOT, AccountState, ExchangeAccount
from chalicelib.domain.errors import Conflict, NotFound

_SLOTS: Final = "SLOTS"
_COUNTS: Final = "COUNTS"
_OF_SLOT: Final = "n_"


class DynamoAccounts:
    """Exchange accounts in the table `accounts`."""

    def __init__(self, tables: Tables, per_slot: int = ACCOUNTS_PER_SLOT) -> None:
        """`per_slot`: a slot with fewer accounts has room for a new one."""
        self._tables = tables
        self._per_slot = per_slot

    def save(self, account: ExchangeAccount) -> None:
        """Write the account, then its place in the roster, then the roster's new number: a
        call cut short is repeated whole. Raises Conflict (see the port)."""
        old = self._tables.find(AccountItem, f"A#{account.account_id}", "META")
        with store_errors(f"saving account {account.account_id}"):
            self._item(account).save(condition=_may_be_followed_by(account))
            if old is not None and old.slot != account.slot:
                self._set_roster(int(old.slot), account.account_id, on=False)
            linked = account.state is not AccountState.UNLINKED
            self._set_roster(account.slot, account.account_id, on=linked)

    def get(self, account_id: str) -> ExchangeAccount:
        """Raises NotFound."""
        found = self._read([account_id])
        if not found:
            raise NotFound(f"no exchange account {account_id}")
        return found[0]

    def bind_uid(self, exchange: str, uid: str, account: ExchangeAccount, now: datetime) -> None:
        """Raises Conflict when the exchange's own account is another trader's."""
        binding = self._tables.model(UidItem)(
            f"UID#{exchange}#{uid}",
            "BOUND",
            trader=account.trader_id,
            account=account.account_id,
            since=now,
        )
        stored = self._tables.find(UidItem, binding.pk, binding.sk)
        if stored is None:
            try:
                with store_errors(f"binding {exchange} account {uid}"):
                    binding.save(condition=UidItem.pk.does_not_exist())
                return
            except Conflict:
                stored = self._tables.find(UidItem, binding.pk, binding.sk)
        if stored is None or stored.trader != account.trader_id:
            raise Conflict(f"the {exchange} account {uid} belongs to another trader")

    def roster(self, slot: int) -> list[ExchangeAccount]:
        """All accounts that this slot follows, by id."""
        places = self._tables.query(
            "accounts",
            KeyConditionExpression="pk = :slot AND begins_with(sk, :account)",
            ExpressionAttributeValues={":slot": {"S": f"SLOT#{slot}"}, ":account": {"S": "A#"}},
            ConsistentRead=True,
        )
        return self._read([place["sk"]["S"].removeprefix("A#") for place in places])

    def roster_number(self, slot: int) -> int:
        """Grows with every save of an account of the slot."""
        item = self._tables.find(RosterNumberItem, f"SLOT#{slot}", "NUMBER", consistent=False)
        return int(item.number) if item else 0

    def slots(self) -> int:
        """How many slots there are: 0 … slots − 1."""
        return max(self._accounts_by_slot(), default=-1) + 1

    def free_slot(self) -> int:
        """The first slot with room for a new account, maybe one never used so far."""
        held = self._accounts_by_slot()
        return next(slot for slot in count() if held.get(slot, 0) < self._per_slot)

    def _accounts_by_slot(self) -> dict[int, int]:
        item = self._tables.get_each("accounts", [(_SLOTS, _COUNTS)])
        found = item[0] if item else {}
        return {
            int(name.removeprefix(_OF_SLOT)): int(value["N"])
            for name, value in found.items()
            if name.startswith(_OF_SLOT)
        }

    def _item(self, account: ExchangeAccount) -> AccountItem:
        return self._tables.model(AccountItem)(
            f"A#{account.account_id}",
            "META",
            trader=account.trader_id,
            seat=account.seat,
            exchange=account.exchange,
            link=account.link_number,
            slot=account.slot,
            state=account.state.value,
            linked_at=account.linked_at,
            ciphertext=account.ciphertext,
            uid=account.uid,
        )

    def _set_roster(self, slot: int, account_id: str, *, on: bool) -> None:
        place = self._tables.model(RosterItem)(f"SLOT#{slot}", f"A#{account_id}")
        there = self._tables.find(RosterItem, place.pk, place.sk) is not None
        if on and not there:
            self._count(slot, 1)  # first, so that a slot with an account is always known
            place.save()
        elif there and not on:
            place.delete()
            self._count(slot, -1)
        number = self._tables.model(RosterNumberItem)(f"SLOT#{slot}", "NUMBER")
        number.update(actions=[RosterNumberItem.number.add(1)])

    def _count(self, slot: int, change: int) -> None:
        """A call cut short may count one account twice or too long: never one too few."""
        self._tables.client.update_item(
            TableName=self._tables.name("accounts"),
            Key=key(_SLOTS, _COUNTS),
            UpdateExpression="ADD #slot :change",
            ExpressionAttributeNames={"#slot": f"{_OF_SLOT}{slot}"},
            ExpressionAttributeValues={":change": {"N": str(change)}},
        )

    def _read(self, account_ids: list[str]) -> list[ExchangeAccount]:
        keys = [(f"A#{account_id}", "META") for account_id in account_ids]
        found = self._tables.get_each("accounts", keys, consistent=True)
        return sorted(map(_account, found), key=lambda account: account.account_id)


def _may_be_followed_by(account: ExchangeAccount) -> Condition:
    same_link: Condition = AccountItem.link == account.link_number
    if account.state is not AccountState.UNLINKED:
        same_link &= AccountItem.state != AccountState.UNLINKED.value
    earlier: Condition = AccountItem.link < account.link_number
    allowed: Condition = AccountItem.pk.does_not_exist() | earlier | same_link
    return allowed


def _account(item: RawItem) -> ExchangeAccount:
    return ExchangeAccount(
        account_id=item["pk"]["S"].removeprefix("A#"),
        trader_id=item["trader"]["S"],
        seat=int(item["seat"]["N"]),
        exchange=item["exchange"]["S"],
        link_number=int(item["link"]["N"]),
        slot=int(item["slot"]["N"]),
        state=AccountState(item["state"]["S"]),
        linked_at=instant(item["linked_at"]["N"]),
        ciphertext=item["ciphertext"]["B"] if "ciphertext" in item else None,
        uid=item["uid"]["S"] if "uid" in item else None,
    )
