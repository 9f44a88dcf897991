"""Publish what an hour's boards were made from, so that anyone can rank the hour again."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.account import block_of
from chalicelib.domain.block import NO_NUMBER, Block, Kind
from chalicelib.domain.board import Presence
from chalicelib.domain.hour_file import (
    ChainLink,
    Eligibility,
    Place,
    Ranking,
    Row,
    commitment,
    file_name,
    file_text,
    hour_text,
    mark_text,
    private_mark,
    row_id,
    salt_of,
)
from chalicelib.domain.reading import SeatReading
from chalicelib.domain.windows import Window
from chalicelib.services.hour_file_ports import Chain, PublicFiles, Published, RowSecrets
from chalicelib.services.ports import BlockKey, History
from chalicelib.services.rank_traders import RankedHour

LATEST = "latest.json"
NAMES = "names.json"


@dataclass(frozen=True, slots=True)
class HourFileStores:
    """Where the file comes from and goes to."""

    history: History
    secrets: RowSecrets
    chain: Chain
    files: PublicFiles


def publish_hour(ranked: RankedHour, stores: HourFileStores) -> None:
    """Store the file of the hour, the names of its rows, and which file is the newest.

    May be run again: the file that was stored first stays. Nothing happens when the file of this
    or of a later hour and revision was published already.
    """
    last = stores.chain.last()
    if last is not None and (last.link.hour, last.link.revision) >= (ranked.hour, ranked.revision):
        return
    seats = [seat for seat, here in enumerate(ranked.presence) if here in _ON_THE_BOARD]
    secrets = _secrets(seats, stores.secrets)
    text = file_text(_ranking(ranked, seats, secrets, stores.history), last.link if last else None)
    name = file_name(ranked.hour, ranked.revision)
    digest = _sha256(stores.files.put_new(name, text))
    names = _names(ranked, secrets)
    if last is None or last.names_sha256 != _sha256(names):
        stores.files.put(NAMES, names)
    newest = {"hour": hour_text(ranked.hour), "revision": ranked.revision}
    stores.files.put(LATEST, json.dumps(newest | {"file": name, "sha256": digest}))
    link = ChainLink(ranked.hour, ranked.revision, digest)
    stores.chain.extend(Published(link, _sha256(names)))


_ON_THE_BOARD = (Presence.LISTED, Presence.LEFT)


def _secrets(seats: Sequence[int], stored: RowSecrets) -> dict[int, bytes]:
    found = stored.of_seats(seats)
    missing = [seat for seat in seats if seat not in found]
    return found | stored.make(missing) if missing else found


def _ranking(
    ranked: RankedHour, seats: Sequence[int], secrets: Mapping[int, bytes], history: History
) -> Ranking:
    keys: list[BlockKey] = [
        (block, Kind.HOUR, ranked.hour) for block in sorted({block_of(seat) for seat in seats})
    ]
    marks = {key[0]: block for key, block in history.blocks(keys).items()}
    row_of = {seat: number for number, seat in enumerate(seats)}
    return Ranking(
        hour=ranked.hour,
        revision=ranked.revision,
        rows=[_row(ranked, seat, secrets[seat], marks) for seat in seats],
        order={
            window.name: [row_of[int(seat)] for seat in each.order]
            for window, each in ranked.standings.items()
        },
    )


def _row(ranked: RankedHour, seat: int, secret: bytes, marks: Mapping[int, Block]) -> Row:
    known = {Kind.HOUR: marks[block_of(seat)]} if block_of(seat) in marks else {}
    mark = private_mark(SeatReading(seat, known))
    return Row(
        row_id(secret),
        {window.name: _place(ranked, window, seat) for window in ranked.standings},
        commitment(mark_text(mark), salt_of(secret, ranked.hour)),
    )


def _place(ranked: RankedHour, window: Window, seat: int) -> Place:
    scores = ranked.scores[window]
    left = ranked.presence[seat] is Presence.LEFT
    is_ranked = ranked.standings[window].ranks[seat] > 0
    eligibility = Eligibility.RANKED if is_ranked else Eligibility.NOT_RANKED
    return Place(
        _known(scores.shown[seat]),
        _known(scores.drawdown[seat]),
        Eligibility.LEFT if left else eligibility,
    )


def _known(number: int) -> int | None:
    return None if number == NO_NUMBER else int(number)


def _names(ranked: RankedHour, secrets: Mapping[int, bytes]) -> str:
    """Who stands behind the rows of the newest file, and nobody else."""
    names = {row_id(secret): ranked.names[seat] for seat, secret in secrets.items()}
    return json.dumps({"names": names}, sort_keys=True, separators=(",", ":"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
