"""The Links port: issued pairs, claims of keys and bindings, in the table `accounts`."""

from datetime import timedelta
from typing import Final

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.items import ISSUED_PAIR, IssuedPairItem, KeyClaimItem, UidItem
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.services.link_ports import Binding, IssuedPair

_KEPT_AFTER_IT_EXPIRED: Final = timedelta(days=1)


class DynamoLinks:
    """Pairs, claims and bindings."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def keep_pair(self, pair: IssuedPair) -> None:
        """Write it, with an expiry."""
        item = self._tables.model(IssuedPairItem)(
            f"A#{pair.account_id}",
            ISSUED_PAIR,
            trader=pair.trader_id,
            exchange=pair.exchange,
            ciphertext=pair.ciphertext,
            until=pair.expires_at,
            expires_at=int((pair.expires_at + _KEPT_AFTER_IT_EXPIRED).timestamp()),
        )
        with store_errors(f"keeping the pair of account {pair.account_id}"):
            item.save()

    def issued_pair(self, account_id: str) -> IssuedPair:
        """Raises NotFound."""
        item = self._tables.find(IssuedPairItem, f"A#{account_id}", ISSUED_PAIR)
        if item is None:
            raise NotFound(f"no key pair {account_id}")
        return IssuedPair(account_id, item.trader, item.exchange, item.ciphertext, item.until)

    def claim_key(
        self, trader_id: str, digest: str, account_id: str, instead_of: str | None = None
    ) -> str:
        """The account that is linked with this key (see the port)."""
        item = self._tables.model(KeyClaimItem)(
            f"T#{trader_id}", f"KEY#{digest}", account=account_id
        )
        free = KeyClaimItem.pk.does_not_exist()
        if instead_of is not None:
            free |= KeyClaimItem.account == instead_of
        try:
            with store_errors(f"claiming a key for account {account_id}"):
                item.save(condition=free)
        except Conflict:
            stored = self._tables.find(KeyClaimItem, item.pk, item.sk)
            return str(stored.account) if stored is not None else account_id
        return account_id

    def binding(self, exchange: str, uid: str) -> Binding | None:
        """None for an account nobody ever linked."""
        item = self._tables.find(UidItem, f"UID#{exchange}#{uid}", "BOUND")
        if item is None:
            return None
        return Binding(exchange, uid, item.trader, item.account, item.since, bool(item.proven))

    def bind(self, binding: Binding, instead_of: Binding | None) -> None:
        """Raises Conflict (see the port)."""
        item = self._tables.model(UidItem)(
            f"UID#{binding.exchange}#{binding.uid}",
            "BOUND",
            trader=binding.trader_id,
            account=binding.account_id,
            since=binding.since,
            proven=binding.proven or None,
        )
        as_read = UidItem.pk.does_not_exist()
        if instead_of is not None:
            as_read = (UidItem.trader == instead_of.trader_id) & (
                UidItem.account == instead_of.account_id
            )
        with store_errors(f"binding {binding.exchange} account {binding.uid}"):
            item.save(condition=as_read)
