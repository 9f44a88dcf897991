"""Confirm a sign-up by its code, and make the trader.

Both may be cut off from each other: whoever is confirmed but no trader yet becomes one when the
code is sent again, or when he signs in.
"""

from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.account import Trader
from chalicelib.domain.errors import Conflict, NotFound, WrongCode
from chalicelib.domain.names import LONGEST_NAME
from chalicelib.services.identity_ports import Identity, People
from chalicelib.services.link_account import Membership, join_league
from chalicelib.services.ports import Lease, Leases
from chalicelib.services.sign_up import NOBODY
from chalicelib.services.throttling import CODES, CODES_OF, Gate

_SECONDS_TO_JOIN: Final = timedelta(seconds=30)
_TAIL: Final = 6


def confirm_sign_up(
    name: str,
    code: str,
    now: datetime,
    gate: Gate,
    *,
    people: People,
    members: Membership,
    leases: Leases,
) -> Trader:
    """The new trader of that name, who joined at exchange time `now`.

    Raises WrongCode, whatever is wrong about it or the name; TooOften; Conflict when it is
    being done already.
    """
    gate.pass_through(CODES, [(CODES_OF, name)])
    trader_id = members.traders.holder_of(name) or NOBODY
    try:
        people.identity.confirm(trader_id, code)
    except WrongCode:
        if not _was_cut_off(trader_id, people.identity, members):
            raise
    return become_trader(trader_id, now, gate, people=people, members=members, leases=leases)


def _was_cut_off(trader_id: str, identity: Identity, members: Membership) -> bool:
    """Whether he is confirmed and was not made a trader."""
    try:
        members.traders.get(trader_id)
    except NotFound:
        pass
    else:
        return False
    try:
        return identity.person(trader_id).confirmed
    except NotFound:
        return False


def become_trader(
    trader_id: str,
    now: datetime,
    gate: Gate,
    *,
    people: People,
    members: Membership,
    leases: Leases,
) -> Trader:
    """The trader of a confirmed sign-up, made now if he was not made before.

    Raises Conflict while another request makes him.
    """
    try:
        return members.traders.get(trader_id)
    except NotFound:
        person = people.identity.person(trader_id)
    ends = gate.now + _SECONDS_TO_JOIN
    lease = Lease("join", trader_id, members.new_id(), ends)
    if not leases.acquire(lease, gate.now):
        raise Conflict("your membership is being made just now; try again in a few seconds")
    try:
        return _joined(trader_id, person.name, now, members)
    finally:
        leases.release(lease)


def _joined(trader_id: str, name: str, now: datetime, members: Membership) -> Trader:
    try:
        return members.traders.get(trader_id)
    except NotFound:
        pass
    try:
        return join_league(name, now, members, trader_id)
    except Conflict:  # confirmed, cut off, and the name was taken over an hour later
        kept = name[: LONGEST_NAME - _TAIL - 1]
        return join_league(f"{kept}-{trader_id[-_TAIL:].lower()}", now, members, trader_id)
