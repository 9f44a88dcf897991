"""What the league writes to people itself; codes are mailed by the identity provider."""

import logging
from dataclasses import dataclass

from chalicelib.domain.errors import DeliveryFailed
from chalicelib.services.identity_ports import Mail

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text."""

    subject: str
    text: str


SOMEONE_TRIED = Letter(
    "Someone used your address at CoinMarketLeague",
    """Hello,

someone just tried to use your e-mail address at CoinMarketLeague, where you are a member
already. Nothing has changed.

If it was you: sign in with your name or this address. If you do not remember the password, ask
for a new one on the sign-in page. If it was not you, there is nothing to do.

CoinMarketLeague
""",
)
ADDRESS_CHANGED = Letter(
    "Your address at CoinMarketLeague was changed",
    """Hello,

the e-mail address of your membership at CoinMarketLeague was changed just now, and this one no
longer counts. If it was not you, answer this letter at once.

CoinMarketLeague
""",
)


def write(letter: Letter, to: str, mail: Mail) -> None:
    """Send it. One that is not taken is noted and no more: whoever asked must not learn from
    the answer whether there was a letter to send."""
    try:
        mail.send(to, letter.subject, letter.text)
    except DeliveryFailed:
        _log.warning("letter_not_sent", exc_info=True, extra={"letter": letter.subject})
