"""A random life: an account does everything an account can do, within given time.

The same exchange, seed and arguments give the same life. What an account could not do at a moment
(sell what it has not, redeem what it never lent) is passed over and does not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

from sandbox.exchange.api_error import ApiError
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.life_dice import Dice, NotNow
from sandbox.exchange.life_trades import TRADES
from sandbox.exchange.life_wallet import SURPRISES, WALLET_ACTS

_MOST_TRIES = 200
# There are fewer sorts of trades than of other acts; an account trades as often as not.
_TRADES_TO_ONE = 4
# A refusal or a mistake in the amounts of one act: another is tried.
_NOT_NOW = (NotNow, ApiError, ValueError)
_ACTS = {**TRADES, **WALLET_ACTS, **SURPRISES}


def live(
    exchange: Exchange,
    uid: int,
    random: Random,
    *,
    acts: int,
    start: int,
    end: int,
    surprises: bool = False,
) -> Counter[str]:
    """Let the account do `acts` things at random moments of [start, end]; how often which.

    Exchange time is moved from moment to moment, to `end` at last, and resting orders fill on the
    way. With `surprises` balances also change without any history, and coins are renamed (for all
    accounts). Raises KeyError for an unknown uid, ValueError when `end` is before `start`.
    """
    exchange.accounts.account(uid)
    if end < start or acts < 0:
        raise ValueError(f"no life of {acts} acts from {start} to {end}")
    usual = [*TRADES, *WALLET_ACTS, *(SURPRISES if surprises else ())]
    names = [*usual, *list(TRADES) * (_TRADES_TO_ONE - 1)]
    return _live(Dice(exchange, uid, random), names, acts, start, end)


def trade(
    exchange: Exchange, uid: int, random: Random, *, acts: int, start: int, end: int
) -> Counter[str]:
    """As `live`, of one who only trades: places orders of every sort, and takes some back."""
    return _live(Dice(exchange, uid, random), list(TRADES), acts, start, end)


def _live(dice: Dice, names: Sequence[str], acts: int, start: int, end: int) -> Counter[str]:
    done: Counter[str] = Counter()
    for at in sorted(dice.random.randint(start, end) for _ in range(acts)):
        _go_to(dice.exchange, at)
        done.update(_act_once(dice, names))
    _go_to(dice.exchange, end)
    return done


def _go_to(exchange: Exchange, at: int) -> None:
    exchange.clock.set(at)
    exchange.look_at_market()


def _act_once(dice: Dice, names: Sequence[str]) -> Iterator[str]:
    for _ in range(_MOST_TRIES):
        name = dice.random.choice(names)
        try:
            _ACTS[name](dice)
        except _NOT_NOW:
            continue
        yield name
        return
