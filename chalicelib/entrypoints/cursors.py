"""Where a list goes on: opaque text that a client only hands back.

It carries the list it belongs to and a few whole numbers, none finer than the rows show.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping

from chalicelib.domain.errors import InvalidRequest

LONGEST = 300
_VERSION = 1
_GREATEST = 2**31


def written(of: str, numbers: Mapping[str, int]) -> str:
    """The cursor of the list named `of` with these numbers."""
    content = {"v": _VERSION, "of": _digest(of), **numbers}
    packed = json.dumps({**content, "sum": _digest(content)}, separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read(text: str, of: str, names: tuple[str, ...]) -> dict[str, int]:
    """The numbers of that cursor. Raises InvalidRequest for anything `written` did not write
    for this list."""
    refused = InvalidRequest("this cursor is not one of this list; begin at the first page")
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        content = json.loads(packed)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise refused from error
    if not isinstance(content, dict) or content.pop("sum", None) != _digest(content):
        raise refused
    numbers = {name: content.pop(name, None) for name in names}
    if content != {"v": _VERSION, "of": _digest(of)} or not all(map(_usable, numbers.values())):
        raise refused
    return numbers


def _usable(number: object) -> bool:
    return type(number) is int and 0 <= number < _GREATEST


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
