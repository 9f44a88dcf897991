"""The other part of a random life: everything that moves a balance without a trade."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from sandbox.exchange.accounts import ZERO
from sandbox.exchange.commissions import BNB, cut, price_between
from sandbox.exchange.earn import FLEXIBLE_REWARDS, claim
from sandbox.exchange.fiat import CARD, CASH_BALANCE, FIAT_DONE, FIAT_FAILED, FIAT_PROCESSING
from sandbox.exchange.life_dice import COINS, CURRENCIES, Dice, NotNow
from sandbox.exchange.treasury import (
    DEPOSIT_CREDITED,
    DEPOSIT_DONE,
    DEPOSIT_PENDING,
    DEPOSIT_STATUSES,
    FUNDING_WALLET,
    SPOT_WALLET,
    WITHDRAWAL_DONE,
    WITHDRAWAL_RETURNED,
    WITHDRAWAL_STATUSES,
    WITHDRAWAL_UNDER_WAY,
)
from sandbox.exchange.wallet import CONVERT_DONE, CONVERT_FAILED, TRANSFER_KINDS
from sandbox.exchange.wallet_records import FUNDING, SPOT

AIRDROPS = ("BTC", "BNB", "NOPAIR")
_KEEP = Decimal("0.998")
_INTEREST = Decimal("0.0002")
_FEE = Decimal("0.01")
_DUST_BNB = Decimal("0.1")


def deposit(dice: Dice) -> None:
    asset, amount = dice.some_new()
    # One that is credited at once is the usual one.
    status = dice.one_of((DEPOSIT_DONE, *sorted(DEPOSIT_STATUSES)))
    dice.exchange.treasury.deposit(
        dice.uid, asset, amount, at=dice.at, status=status, wallet=_wallet(dice)
    )


def advance_deposit(dice: Dice) -> None:
    treasury = dice.exchange.treasury
    waiting = [
        each
        for each in treasury.deposits.of(dice.uid)
        if each.status in {DEPOSIT_PENDING, DEPOSIT_CREDITED}
    ]
    record = dice.one_of(waiting)
    following = {DEPOSIT_PENDING: DEPOSIT_CREDITED, DEPOSIT_CREDITED: DEPOSIT_DONE}
    treasury.advance_deposit(record.id, following[record.status], at=dice.at)


def withdraw(dice: Dice) -> None:
    asset, amount = dice.some_of(_leaves)
    fee = dice.one_of((ZERO, cut(amount * _FEE)))
    dice.exchange.treasury.withdraw(
        dice.uid,
        asset,
        amount - fee,
        fee=fee,
        at=dice.at,
        status=dice.one_of(sorted(WITHDRAWAL_STATUSES)),
        wallet=_wallet(dice),
    )


def advance_withdrawal(dice: Dice) -> None:
    treasury = dice.exchange.treasury
    waiting = [
        each for each in treasury.withdrawals.of(dice.uid) if each.status in WITHDRAWAL_UNDER_WAY
    ]
    end = dice.one_of((WITHDRAWAL_DONE, *sorted(WITHDRAWAL_RETURNED)))
    treasury.advance_withdrawal(dice.one_of(waiting).id, end, at=dice.at)


def convert(dice: Dice) -> None:
    asset, amount = dice.some_of(_leaves)
    wanted = dice.one_of([coin for coin in COINS if coin != asset])
    gets = dice.worth(wanted, dice.value(asset, amount) * _KEEP)
    status = CONVERT_FAILED if dice.chance(0.1) else CONVERT_DONE
    dice.exchange.wallet.convert(
        dice.uid, (asset, amount), (wanted, gets), at=dice.at, status=status
    )


def sweep_dust(dice: Dice) -> None:
    """Up to three coins that are worth little."""
    held = sorted(asset for asset in dice.account.balances if _is_dust(dice, asset))
    count = min(len(held), dice.one_of((1, 2, 3)))
    dice.exchange.wallet.sweep_dust(dice.uid, dice.random.sample(held, count), at=dice.at)


def get_dividend(dice: Dice) -> None:
    asset = dice.one_of(AIRDROPS)
    amount = cut(Decimal(dice.random.randint(1, 999)) / 10_000)
    dice.exchange.wallet.pay_dividend(dice.uid, asset, amount, at=dice.at)


def transfer(dice: Dice) -> None:
    kind = dice.one_of(sorted(TRANSFER_KINDS))
    inward = kind.endswith("_MAIN")
    asset, amount = dice.some_new() if inward else dice.some_of(_leaves)
    dice.exchange.wallet.transfer(dice.uid, kind, asset, amount, at=dice.at)


def sub_transfer(dice: Dice) -> None:
    inward = dice.chance(0.5)
    asset, amount = dice.some_new() if inward else dice.some_of(_leaves)
    dice.exchange.wallet.sub_transfer(dice.uid, asset, amount, inward=inward, at=dice.at)


def subscribe(dice: Dice) -> None:
    asset, amount = dice.some_of(lambda asset: asset in COINS)
    from_funding = amount if dice.chance(0.2) else ZERO
    dice.exchange.earn.subscribe(
        dice.uid, asset, amount + from_funding, at=dice.at, from_funding=from_funding
    )


def redeem(dice: Dice) -> None:
    lent, amount = dice.some_of(lambda asset: asset in _CLAIMS)
    destination = FUNDING if dice.chance(0.2) else SPOT
    dice.exchange.earn.redeem(dice.uid, _CLAIMS[lent], amount, at=dice.at, destination=destination)


def get_interest(dice: Dice) -> None:
    lent, amount = dice.some_of(lambda asset: asset in _CLAIMS)
    kind = dice.one_of(sorted(FLEXIBLE_REWARDS))
    interest = _interest(amount)
    dice.exchange.earn.reward(dice.uid, _CLAIMS[lent], interest, at=dice.at, kind=kind)


def lock(dice: Dice) -> None:
    asset, amount = dice.some_of(lambda asset: asset in COINS)
    dice.exchange.earn.lock(dice.uid, asset, amount, days=dice.one_of((30, 60, 120)), at=dice.at)


def unlock(dice: Dice) -> None:
    earn = dice.exchange.earn
    earn.unlock(dice.one_of(earn.positions(dice.uid)).id, at=dice.at)


def get_locked_interest(dice: Dice) -> None:
    earn = dice.exchange.earn
    position = dice.one_of(earn.positions(dice.uid))
    earn.reward_locked(position.id, _interest(position.amount), at=dice.at)


def order_fiat(dice: Dice) -> None:
    withdraws = dice.chance(0.5)
    if withdraws:
        currency, amount = dice.some_of(lambda asset: asset in CURRENCIES)
    else:
        currency, amount = dice.some_new(CURRENCIES)
    dice.exchange.fiat.order(
        dice.uid,
        currency,
        amount,
        withdraws=withdraws,
        at=dice.at,
        fee=dice.one_of((ZERO, cut(amount * _FEE))),
        status=dice.one_of((FIAT_DONE, FIAT_PROCESSING, FIAT_FAILED)),
    )


def advance_fiat(dice: Dice) -> None:
    orders = dice.exchange.histories.fiat_orders.of(dice.uid)
    waiting = [row for row in orders if row.status == FIAT_PROCESSING]
    end = dice.one_of((FIAT_DONE, FIAT_FAILED))
    dice.exchange.fiat.advance(dice.one_of(waiting).id, end, at=dice.at)


def pay_fiat(dice: Dice) -> None:
    sells = dice.chance(0.4)
    asset, quantity = dice.some_of(lambda asset: asset in COINS) if sells else dice.some_new()
    currency = dice.one_of(CURRENCIES)
    spent = dice.worth(currency, dice.value(asset, quantity))
    dice.exchange.fiat.pay(
        dice.uid,
        (currency, spent),
        (asset, quantity),
        sells=sells,
        at=dice.at,
        fee=cut(spent * _FEE),
        method=dice.one_of((CARD, CASH_BALANCE)),
    )


def change_unexplained(dice: Dice) -> None:
    """Something comes or goes, and perhaps an event says so."""
    asset, amount = dice.some_of(_leaves)
    dice.exchange.wallet.change_unexplained(
        dice.uid,
        {asset: amount if dice.chance(0.5) else -amount},
        at=dice.at,
        updates=dice.chance(0.5),
        positions=dice.chance(0.7),
    )


def rename_a_coin(dice: Dice) -> None:
    """Every account's coin gets another name; the first coin of the list stays."""
    old = dice.one_of([coin for coin in COINS[1:] if dice.account.free(coin)])
    new = f"NEW{old}"
    if dice.exchange.market.symbols.get(f"{new}USDT") or old == BNB:
        raise NotNow
    ratio = dice.one_of((Decimal(1), Decimal(100), Decimal("0.5")))
    dice.exchange.listings.rename(old, new, ratio, at=dice.at)


def _is_dust(dice: Dice, asset: str) -> bool:
    price = price_between(dice.exchange.market, asset, BNB, dice.at)
    if asset == BNB or not price:
        return False
    return 0 < dice.account.free(asset) * price < _DUST_BNB


def _wallet(dice: Dice) -> int:
    return FUNDING_WALLET if dice.chance(0.15) else SPOT_WALLET


def _leaves(asset: str) -> bool:
    """A claim of Earn cannot be sent anywhere."""
    return asset not in _CLAIMS


def _interest(amount: Decimal) -> Decimal:
    interest = cut(amount * _INTEREST)
    if interest <= 0:
        raise NotNow
    return interest


_CLAIMS: Mapping[str, str] = {claim(asset): asset for asset in COINS}

WALLET_ACTS: Mapping[str, Callable[[Dice], None]] = {
    "deposit": deposit,
    "advance a deposit": advance_deposit,
    "withdraw": withdraw,
    "advance a withdrawal": advance_withdrawal,
    "convert": convert,
    "sweep dust": sweep_dust,
    "get a dividend": get_dividend,
    "transfer": transfer,
    "sub-account transfer": sub_transfer,
    "subscribe": subscribe,
    "redeem": redeem,
    "get interest": get_interest,
    "lock": lock,
    "unlock": unlock,
    "get locked interest": get_locked_interest,
    "order fiat": order_fiat,
    "advance fiat": advance_fiat,
    "pay with fiat": pay_fiat,
}
SURPRISES: Mapping[str, Callable[[Dice], None]] = {
    "unexplained": change_unexplained,
    "rename a coin": rename_a_coin,
}
