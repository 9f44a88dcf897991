"""What a trader signs in with: which e-mail addresses and passwords can be used.

Length and not being one's own name are all that is asked of a password; whether it was ever
leaked, the identity provider may judge.
"""

import re
from typing import Final

from chalicelib.domain.errors import InvalidRequest

SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 90
LONGEST_EMAIL: Final = 254

_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]",
    re.ASCII,
)


def checked_email(email: str) -> str:
    """`email` in lower case: no provider of mail tells addresses apart by case.

    Raises InvalidRequest when it has not the form of an address; it is not quoted, since the
    sentence may be logged.
    """
    folded = email.strip().lower()
    local = folded.partition("@")[0]
    if (
        len(folded) > LONGEST_EMAIL
        or not _EMAIL.fullmatch(folded)
        or local.startswith(".")
        or local.endswith(".")
        or ".." in local
    ):
        raise InvalidRequest("the e-mail address is not one; write it like ada@example.org")
    return folded


def checked_password(password: str, *, name: str = "", email: str = "") -> str:
    """`password`, when it can be the one of the trader of that name and address.

    Raises InvalidRequest, which never quotes it.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidRequest(
            f"the password has {len(password)} characters; take {SHORTEST_PASSWORD} to "
            f"{LONGEST_PASSWORD}"
        )
    if password != password.strip() or not password.isprintable():
        raise InvalidRequest(
            "the password begins or ends with a space, or has a line end or another invisible "
            "sign in it; leave that out"
        )
    if password.casefold() in {name.casefold(), email.casefold(), email.partition("@")[0]}:
        raise InvalidRequest("the password is your name or address; take something else")
    return password
