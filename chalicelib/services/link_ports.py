"""What linking keeps beside the accounts: pairs made for traders, which key is being linked, whose
each of an exchange's own accounts is; and what seals the keys."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.account import KeyPair


@dataclass(frozen=True, slots=True)
class IssuedPair:
    """A pair made for one trader, who was given its public half alone. `account_id` is that of
    the account to be linked with it; `expires_at` is of the machine's clock."""

    account_id: str
    trader_id: str
    exchange: str
    ciphertext: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Binding:
    """Whose an exchange's own account is, and as which of his.

    `proven`: he registered a public key there that was made for him alone, which only who can
    sign in at the exchange as its owner is able to do.
    """

    exchange: str
    uid: str
    trader_id: str
    account_id: str
    since: datetime
    proven: bool = False


class Links(Protocol):
    """Issued pairs, claims and bindings."""

    def keep_pair(self, pair: IssuedPair) -> None:
        """Write it; it vanishes some time after it expired."""

    def issued_pair(self, account_id: str) -> IssuedPair:
        """The pair, maybe expired. Raises NotFound."""

    def claim_key(
        self, trader_id: str, digest: str, account_id: str, instead_of: str | None = None
    ) -> str:
        """The account that the trader links with the key of this digest: `account_id`, unless
        another than `instead_of` was named before."""

    def binding(self, exchange: str, uid: str) -> Binding | None:
        """None for an account nobody ever linked."""

    def bind(self, binding: Binding, instead_of: Binding | None) -> None:
        """Bind it. Raises Conflict when it is no longer bound as `instead_of` says."""


class KeyVault(Protocol):
    """Seals key pairs; opening is for the ingest container alone."""

    def seal(
        self,
        pair: KeyPair,
        account_id: str,
        trader_id: str,
        exchange: str,
        issued: bytes | None = None,
    ) -> bytes:
        """The ciphertext, bound to these three. With `issued` the pair's own secret is empty:
        it is that of the pair once sealed there, for the same three."""

    def open(self, ciphertext: bytes, account_id: str, trader_id: str, exchange: str) -> KeyPair:
        """Raises NotAllowed when it was sealed for others."""
