"""The Accounts port: linked exchange accounts, by trader and in the rosters.

A roster holds ids alone; the accounts are read from their own items, so a sealed key lies
in one place and is gone when that item loses it. How many accounts each slot has is kept in
one item, SLOTS / COUNTS, as flat attributes.
"""

from datetime import datetime
from itertools import count
from typing import Any, Final

from pynamodb.attributes import Attribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import instant
from chalicelib.adapters.dynamo.items import (
    ISSUED_PAIR,
    AccountItem,
    IssuedPairItem,
    RosterItem,
    RosterNumberItem,
    TraderAccountItem,
)
from chalicelib.adapters.dynamo.tables import RawItem, Tables, key
from chalicelib.domain.account import (
    ACCOUNTS_PER_SLOT,
    AccountState,
    ExchangeAccount,
    ImportState,
    Refusal,
    Trouble,
)
from chalicelib.domain.errors import NotFound

_SLOTS: Final = "SLOTS"
_COUNTS: Final = "COUNTS"
_OF_SLOT: Final = "n_"


class DynamoAccounts:
    """Exchange accounts in the table `accounts`."""

    def __init__(self, tables: Tables, per_slot: int = ACCOUNTS_PER_SLOT) -> None:
        """`per_slot`: a slot with fewer accounts has room for a new one."""
        self._tables = tables
        self._per_slot = per_slot

    def add(self, account: ExchangeAccount) -> None:
        """Raises Conflict when there is one of that id."""
        self._write(account, AccountItem.pk.does_not_exist())

    def save(self, account: ExchangeAccount) -> None:
        """Raises Conflict (see the port)."""
        unlinking = account.state is AccountState.UNLINKED
        self._write(account, _may_be_followed_by(account, any_key=unlinking))

    def save_with_key(self, account: ExchangeAccount) -> None:
        """Raises Conflict (see the port)."""
        self._write(account, _may_be_followed_by(account, any_key=True))

    def _write(self, account: ExchangeAccount, condition: Condition) -> None:
        """The account, then its place among its trader's and in the roster, then the roster's
        new number: a call cut short is repeated whole."""
        old = self._tables.find(AccountItem, f"A#{account.account_id}", "META")
        with store_errors(f"saving account {account.account_id}"):
            item = self._tables.model(AccountItem)(f"A#{account.account_id}", "META")
            item.update(actions=_changes(account), condition=condition)
            if old is None:
                place = f"T#{account.trader_id}", f"A#{account.account_id}"
                self._tables.model(TraderAccountItem)(*place).save()
            if old is not None and old.slot != account.slot:
                self._set_roster(int(old.slot), account.account_id, on=False)
            linked = account.state is not AccountState.UNLINKED
            if not linked:
                self._tables.model(IssuedPairItem)(item.pk, ISSUED_PAIR).delete()
            self._set_roster(account.slot, account.account_id, on=linked)

    def set_import_state(self, account: ExchangeAccount, state: ImportState) -> None:
        """Raises Conflict (see the port)."""
        imported = f"{account.link_number} {state.value}"
        self._note(account, [AccountItem.imported.set(imported)])

    def note_trouble(
        self, account: ExchangeAccount, trouble: Trouble | None, since: datetime
    ) -> None:
        """Raises Conflict (see the port)."""
        self._note(account, _trouble(trouble, since))

    def _note(self, account: ExchangeAccount, actions: list[Action]) -> None:
        linked = AccountItem.state != AccountState.UNLINKED.value
        with store_errors(f"noting of account {account.account_id}"):
            item = self._tables.model(AccountItem)(f"A#{account.account_id}", "META")
            item.update(
                actions=actions, condition=(AccountItem.link == account.link_number) & linked
            )

    def get(self, account_id: str) -> ExchangeAccount:
        """Raises NotFound."""
        found = self._read([account_id])
        if not found:
            raise NotFound(f"no exchange account {account_id}")
        return found[0]

    def of_trader(self, trader_id: str) -> list[ExchangeAccount]:
        """All accounts that he ever linked, by id."""
        return self._listed(f"T#{trader_id}")

    def roster(self, slot: int) -> list[ExchangeAccount]:
        """All accounts that this slot follows, by id."""
        return self._listed(f"SLOT#{slot}")

    def _listed(self, pk: str) -> list[ExchangeAccount]:
        places = self._tables.query(
            "accounts",
            KeyConditionExpression="pk = :pk AND begins_with(sk, :account)",
            ExpressionAttributeValues={":pk": {"S": pk}, ":account": {"S": "A#"}},
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
        return sorted(map(account_of, found), key=lambda account: account.account_id)


def _changes(account: ExchangeAccount) -> list[Action]:
    """All of the account but its import state; what troubled it is taken out."""
    values: list[tuple[Attribute[Any], Any]] = [
        (AccountItem.trader, account.trader_id),
        (AccountItem.seat, account.seat),
        (AccountItem.exchange, account.exchange),
        (AccountItem.link, account.link_number),
        (AccountItem.slot, account.slot),
        (AccountItem.state, account.state.value),
        (AccountItem.linked_at, account.linked_at),
        (AccountItem.ciphertext, account.ciphertext),
        (AccountItem.uid, account.uid),
        (AccountItem.refusals, " ".join(each.value for each in account.refusals) or None),
        (AccountItem.unlinked_at, account.unlinked_at),
        (AccountItem.takes_back, account.takes_back or None),
    ]
    sets = [name.set(value) for name, value in values if value is not None]
    removes = [name.remove() for name, value in values if value is None]
    return [*sets, *removes, *_trouble(None, account.linked_at)]


def _trouble(trouble: Trouble | None, since: datetime) -> list[Action]:
    if trouble is None:
        return [AccountItem.trouble.remove(), AccountItem.trouble_since.remove()]
    return [AccountItem.trouble.set(trouble.value), AccountItem.trouble_since.set(since)]


def _may_be_followed_by(account: ExchangeAccount, *, any_key: bool) -> Condition:
    same_link: Condition = AccountItem.link == account.link_number
    if not any_key:
        same_link &= (
            AccountItem.ciphertext == account.ciphertext
            if account.ciphertext is not None
            else AccountItem.ciphertext.does_not_exist()
        )
    if account.state is not AccountState.UNLINKED:
        same_link &= AccountItem.state != AccountState.UNLINKED.value
    earlier: Condition = AccountItem.link < account.link_number
    allowed: Condition = AccountItem.pk.does_not_exist() | earlier | same_link
    return allowed


def account_of(item: RawItem) -> ExchangeAccount:
    """The account of a raw A#<account> / META item."""
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
        refusals=tuple(map(Refusal, item["refusals"]["S"].split())) if "refusals" in item else (),
        unlinked_at=instant(item["unlinked_at"]["N"]) if "unlinked_at" in item else None,
        takes_back="takes_back" in item,
        import_state=_import_state(item),
        trouble=Trouble(item["trouble"]["S"]) if "trouble" in item else None,
        trouble_since=instant(item["trouble_since"]["N"]) if "trouble_since" in item else None,
    )


def _import_state(item: RawItem) -> ImportState:
    """That of the link; one noted of an earlier link says nothing of this."""
    link, _, state = item.get("imported", {"S": ""})["S"].partition(" ")
    return ImportState(state) if link == item["link"]["N"] else ImportState.WAITING
