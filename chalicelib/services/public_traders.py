"""Find a trader as others may see him."""

from chalicelib.domain.account import Audience, Trader
from chalicelib.domain.errors import NotFound
from chalicelib.domain.names import LONGEST_NAME
from chalicelib.services.ports import Traders


def listed_trader(name: str, traders: Traders) -> Trader:
    """The trader of that name, if he lets himself be listed.

    Raises NotFound in the same words for one who does not exist and one who is not listed.
    """
    unknown = NotFound(f"no trader is called {name[:LONGEST_NAME]!r}; search for the start of it")
    if len(name) > LONGEST_NAME:
        raise unknown
    try:
        trader = traders.by_name(name)
    except NotFound as error:
        raise unknown from error
    if not trader.visibility.listed:
        raise unknown
    return trader


def open_to_everyone(audience: Audience) -> bool:
    """Whether a part of a profile may be seen without following its trader."""
    return audience is Audience.EVERYONE
