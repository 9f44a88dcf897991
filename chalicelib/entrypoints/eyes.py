"""With whose eyes a request looks at a trader."""

from typing import Any, Literal, TypeAlias

from chalicelib import wiring
from chalicelib.domain.visible import Relation
from chalicelib.entrypoints.viewer import maybe_signed_in
from chalicelib.services.public_traders import Asker, ReadStores

LooksAs: TypeAlias = Literal["owner", "follower", "visitor"]

_RELATIONS = {
    "owner": Relation.OWNER,
    "follower": Relation.FOLLOWER,
    "visitor": Relation.ANYONE,
}


def asker(request: Any, looks_as: LooksAs | None = None) -> Asker:  # noqa: ANN401
    """Who asks. Raises NotSignedIn for a token that is not good."""
    viewer = maybe_signed_in(request)
    relation = None if looks_as is None else _RELATIONS[looks_as]
    return Asker(viewer.trader.trader_id if viewer else None, relation)


def read_stores() -> ReadStores:
    """What is read to show a trader."""
    stores = wiring.stores()
    return ReadStores(
        traders=stores.traders,
        follows=stores.follows,
        boards=stores.boards,
        holdings=stores.holdings,
        ledger=stores.ledger,
        history=stores.history,
        prices=stores.prices,
        imports=stores.imports,
    )
