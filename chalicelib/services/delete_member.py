"""Leave the league: what is personal goes, a number that leads to nobody stays.

A sequence of steps that may each be run again. It begins with a proof and a mark in the profile;
from then on the token alone, or a new session, is enough to take it up where it broke off. The
profile is without a name before the way to sign in is forgotten, and is removed last.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.account import AccountState, Audience, Trader, TradesView, Visibility
from chalicelib.domain.follow import Follow
from chalicelib.services.hour_file_ports import RowSecrets
from chalicelib.services.identity_ports import People
from chalicelib.services.import_ports import Imports
from chalicelib.services.link_account import Membership
from chalicelib.services.ports import Follows, Seat
from chalicelib.services.prove_owner import Owner, Proof, prove_owner
from chalicelib.services.remove_link import remove_link
from chalicelib.services.throttling import Gate

NO_NAME: Final = "(left)"
"""Stands where the name was; nobody can have it as a name."""

_NOTHING: Final = Visibility(False, TradesView.HIDDEN, Audience.NOBODY, Audience.NOBODY)


@dataclass(frozen=True, slots=True)
class Exit:
    """All that a member is removed from."""

    members: Membership
    follows: Follows
    imports: Imports
    secrets: RowSecrets
    people: People


def delete_member(
    trader: Trader, owner: Owner, proof: Proof, now: datetime, gate: Gate, ways: Exit
) -> None:
    """Remove what is personal of the trader; his keys go first.

    Raises as `prove_owner`, and then nothing has changed. One who has begun to leave has proved it.
    """
    if not trader.leaving:
        prove_owner(owner, proof, gate, ways.people)
        trader = replace(trader, visibility=_NOTHING, leaving=True)
        ways.members.traders.save(trader)
    for account in ways.members.accounts.of_trader(trader.trader_id):
        if account.state is not AccountState.UNLINKED:
            remove_link(trader, account.account_id, now, ways.members)
    _end_follows(trader, now, ways.follows)
    ways.imports.forget(trader.trader_id)
    ways.secrets.forget(trader.seat)
    trader = _without_name(trader.trader_id, now, ways.members)
    ways.people.identity.delete(trader.trader_id)
    ways.members.traders.remove(trader.trader_id)


def _end_follows(trader: Trader, now: datetime, follows: Follows) -> None:
    for follow in follows.of_follower(trader.trader_id):
        follows.remove(follow)
    for follower_id in list(follows.of_leader(trader.trader_id)):
        follows.remove(Follow(follower_id, trader.trader_id, trader.seat, now))


def _without_name(trader_id: str, now: datetime, members: Membership) -> Trader:
    """The trader, whose seat, profile and name tell no more who he was; read anew, as unlinking
    has changed him."""
    trader = members.traders.get(trader_id)
    old = members.seats.of_seats([trader.seat]).get(trader.seat)
    retired_at = trader.retired_at or now
    members.seats.put(
        Seat(
            trader.seat,
            trader_id,
            NO_NAME,
            old.exchanges if old else (),
            listed=False,
            retired_at=retired_at,
        )
    )
    members.traders.release_name(trader.name, trader_id)
    nobody = replace(trader, name=NO_NAME, retired_at=retired_at)
    members.traders.save(nobody)
    return nobody
