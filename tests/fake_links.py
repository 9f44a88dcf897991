"""The Links port in memory."""

from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.services.link_ports import Binding, IssuedPair


class FakeLinks:
    """Pairs, claims and bindings in dicts."""

    def __init__(self) -> None:
        self._pairs: dict[str, IssuedPair] = {}
        self._claims: dict[tuple[str, str], str] = {}
        self._bindings: dict[tuple[str, str], Binding] = {}

    def keep_pair(self, pair: IssuedPair) -> None:
        self._pairs[pair.account_id] = pair

    def issued_pair(self, account_id: str) -> IssuedPair:
        if account_id not in self._pairs:
            raise NotFound(f"no key pair {account_id}")
        return self._pairs[account_id]

    def forget_pair(self, account_id: str) -> None:
        """What unlinking does."""
        self._pairs.pop(account_id, None)

    def claim_key(
        self, trader_id: str, digest: str, account_id: str, instead_of: str | None = None
    ) -> str:
        claimed = self._claims.get((trader_id, digest))
        if claimed is None or claimed == instead_of:
            self._claims[trader_id, digest] = account_id
        return self._claims[trader_id, digest]

    def binding(self, exchange: str, uid: str) -> Binding | None:
        return self._bindings.get((exchange, uid))

    def bind(self, binding: Binding, instead_of: Binding | None) -> None:
        stored = self._bindings.get((binding.exchange, binding.uid))
        if _whose(stored) != _whose(instead_of):
            raise Conflict(f"the {binding.exchange} account {binding.uid} was bound meanwhile")
        self._bindings[binding.exchange, binding.uid] = binding


def _whose(binding: Binding | None) -> tuple[str, str] | None:
    return (binding.trader_id, binding.account_id) if binding else None
