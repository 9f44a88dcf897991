"""What an operator can switch while the league runs, and what people are told meanwhile.

Where the switches are kept, and how long one is believed, is left to others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from chalicelib.domain.errors import InvalidRequest, Paused

LONGEST_BANNER: Final = 200


class Switch(Enum):
    """By the name under which it is kept."""

    RANKING = "pause-ranking"
    LINKING = "pause-linking"
    IMPORT = "pause-import"
    MAIL = "pause-mail"
    EXCHANGE = "pause-exchange"
    BANNER = "banner"


ON: Final = "on"
"""The value of a pause that holds; any other text, or none, is no pause."""

MEANS: Final[Mapping[Switch, str]] = {
    Switch.RANKING: "no new board comes out; hours are marked as ever, and all boards that were "
    "left out follow in order",
    Switch.LINKING: "no exchange account can be linked; accounts that are linked go on",
    Switch.IMPORT: "nothing is brought in from before a link; what was found is kept",
    Switch.MAIL: "no letter goes out: what begins with a mailed code is refused",
    Switch.EXCHANGE: "nothing is asked of the exchange by REST; streams go on",
    Switch.BANNER: "a sentence at the top of every page of the site",
}

_REFUSALS: Final[Mapping[Switch, str]] = {
    Switch.LINKING: "linking exchange accounts is paused for now, and nothing of what you sent "
    "was kept; accounts that are linked go on as ever. Try again later",
    Switch.MAIL: "we send no mail for now, so this cannot be done; nothing was changed. Try again "
    "later",
}


@dataclass(frozen=True, slots=True)
class Switched:
    """Where all switches stand: the pauses that hold, and the banner (None: no banner)."""

    paused: frozenset[Switch] = frozenset()
    banner: str | None = None

    def require_running(self, switch: Switch) -> None:
        """Raises Paused, in words for whoever asked, while that is paused."""
        if switch in self.paused:
            raise Paused(_REFUSALS.get(switch, f"{switch.value}: try again later"))


def switched(kept: Mapping[Switch, str]) -> Switched:
    """Where the switches stand by what is kept of them: what is missing is not switched."""
    text = " ".join(kept.get(Switch.BANNER, "").split())
    return Switched(
        frozenset(each for each, value in kept.items() if _holds(each, value)),
        text[:LONGEST_BANNER] or None,
    )


def _holds(switch: Switch, value: str) -> bool:
    return switch is not Switch.BANNER and value.strip().casefold() == ON


def switch_named(name: str) -> Switch:
    """The switch of that name. Raises InvalidRequest, naming them all."""
    try:
        return Switch(name)
    except ValueError:
        known = ", ".join(each.value for each in Switch)
        raise InvalidRequest(f"there is no switch {name!r}; there are: {known}") from None


def value_for(switch: Switch, text: str) -> str | None:
    """What is to be kept when an operator says `text`; None: it is taken back.

    Raises InvalidRequest for a pause that is neither "on" nor "off", and for a long banner.
    """
    said = " ".join(text.split())
    if said.casefold() == "off" or not said:
        return None
    if switch is not Switch.BANNER and said.casefold() != ON:
        raise InvalidRequest(f"{switch.value}: say on or off, not {text!r}")
    if len(said) > LONGEST_BANNER:
        raise InvalidRequest(f"a banner has {LONGEST_BANNER} characters at most, not {len(said)}")
    return said if switch is Switch.BANNER else ON
