"""Find a trader as whoever asks may see him."""

from dataclasses import dataclass, replace

from chalicelib.domain.account import Audience, Trader
from chalicelib.domain.errors import NotAllowed, NotFound
from chalicelib.domain.names import LONGEST_NAME
from chalicelib.domain.visible import Eyes, Relation
from chalicelib.services.import_ports import Imports
from chalicelib.services.ports import Boards, Follows, History, Holdings, Ledger, Prices, Traders


@dataclass(frozen=True, slots=True)
class ReadStores:
    """What is read to show a trader."""

    traders: Traders
    follows: Follows
    boards: Boards
    holdings: Holdings
    ledger: Ledger
    history: History
    prices: Prices
    imports: Imports


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a trader's id, None for anyone; and with whose eyes a trader wants to look at
    himself (None: his own)."""

    trader_id: str | None = None
    looks_as: Relation | None = None


def seen_trader(name: str, asker: Asker, stores: ReadStores) -> tuple[Trader, Eyes]:
    """The trader of that name, and with which eyes `asker` sees him.

    Raises NotFound in the same words for one who does not exist and one who is not listed;
    NotAllowed for who wants to look at another with other eyes than his.
    """
    unknown = NotFound(f"no trader is called {name[:LONGEST_NAME]!r}; search for the start of it")
    if len(name) > LONGEST_NAME:
        raise unknown
    try:
        trader = stores.traders.by_name(name)
    except NotFound as error:
        raise unknown from error
    eyes = Eyes(_relation(asker, trader, stores.follows), trader.visibility)
    if not eyes.see_profile():
        raise unknown
    if asker.looks_as is None:
        return trader, eyes
    if eyes.relation is not Relation.OWNER:
        raise NotAllowed(f"only {trader.name} can look at this profile with the eyes of others")
    eyes = replace(eyes, relation=asker.looks_as)
    if not eyes.see_profile():
        raise unknown
    return trader, eyes


def _relation(asker: Asker, trader: Trader, follows: Follows) -> Relation:
    """Whether he follows is only looked up where it makes a difference."""
    if asker.trader_id is None:
        return Relation.ANYONE
    if asker.trader_id == trader.trader_id:
        return Relation.OWNER
    shown = trader.visibility
    if Audience.FOLLOWERS not in (shown.trades_for, shown.allocation_for):
        return Relation.ANYONE
    follows_him = follows.exists(asker.trader_id, trader.trader_id)
    return Relation.FOLLOWER if follows_him else Relation.ANYONE
