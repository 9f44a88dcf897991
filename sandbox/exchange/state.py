"""The whole state of the exchange as one JSON object, and its books for one account.

Open connections and the counters of the machine's clock are no part of it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.exchange.accounts import Account, ApiKey, Balance, KeyPermissions
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.movements import Movement
from sandbox.exchange.orders import FillTape, Order, OrderIndex, OwnFill
from sandbox.exchange.owned_rows import OwnedRows
from sandbox.exchange.records import from_plain, to_plain
from sandbox.exchange.treasury import DepositRecord, WithdrawalRecord
from sandbox.exchange.wallet_records import load_histories

Plain = dict[str, Any]


def dump_state(exchange: Exchange) -> Plain:
    """Everything that `load_state` needs to go on from here; same history, same text."""
    return {
        "seed": exchange.seed,
        "now": exchange.now(),
        "market": exchange.market.dump(),
        "accounts": [_account(each) for each in exchange.accounts.accounts.values()],
        "keys": [_key(each) for each in exchange.accounts.keys.values()],
        "orders": [to_plain(each) for each in exchange.desk.orders],
        "fills": [to_plain(each) for each in exchange.desk.fills],
        "deposits": [to_plain(each) for each in exchange.treasury.deposits],
        "withdrawals": [to_plain(each) for each in exchange.treasury.withdrawals],
        "movements": [to_plain(each) for each in exchange.movements.rows],
        "histories": exchange.histories.dump(),
        "last_execution_id": exchange.desk.last_execution_id,
        "published": exchange.events.published,
        "looked_at": exchange.resting.looked_at,
    }


def load_state(exchange: Exchange, state: Plain) -> None:
    """Put the dumped state in place of the present one.

    Raises ValueError when it was dumped from another seed: its market would not fit.
    """
    if state["seed"] != exchange.seed:
        raise ValueError(f"the state has seed {state['seed']}, this exchange {exchange.seed}")
    exchange.clock.set(state["now"])
    exchange.market.load(state["market"])
    accounts = [_read_account(each) for each in state["accounts"]]
    exchange.accounts.accounts = {each.uid: each for each in accounts}
    keys = [_read_key(each) for each in state["keys"]]
    exchange.accounts.keys = {each.key: each for each in keys}
    exchange.desk.orders = OrderIndex()
    for order in state["orders"]:
        exchange.desk.orders.add(from_plain(Order, order))
    exchange.desk.fills = FillTape()
    for fill in state["fills"]:
        exchange.desk.fills.add(from_plain(OwnFill, fill))
    exchange.treasury.deposits = OwnedRows(
        from_plain(DepositRecord, each) for each in state["deposits"]
    )
    exchange.treasury.withdrawals = OwnedRows(
        from_plain(WithdrawalRecord, each) for each in state["withdrawals"]
    )
    exchange.movements.rows = OwnedRows(from_plain(Movement, each) for each in state["movements"])
    load_histories(exchange.histories, state["histories"])
    exchange.desk.last_execution_id = state["last_execution_id"]
    exchange.events.published = state["published"]
    exchange.resting.looked_at = state["looked_at"]


def books_of(exchange: Exchange, uid: int) -> Plain:
    """The truth about one account: what it began with, every change since, and its balances.

    Initial balances + fills + `movements` = balances, exactly; the rest says what they were.
    Raises KeyError for an unknown uid.
    """
    account = exchange.accounts.account(uid)
    treasury = exchange.treasury
    return {
        "uid": uid,
        "updated_at": account.updated_at,
        "initial": {asset: format(each, "f") for asset, each in account.initial.items()},
        "balances": {
            asset: to_plain(each)
            for asset, each in sorted(account.balances.items())
            if each.free or each.locked
        },
        "fills": [to_plain(each) for each in exchange.desk.fills.all_of(uid)],
        "orders": [to_plain(each) for each in exchange.desk.orders if each.uid == uid],
        "deposits": [to_plain(each) for each in treasury.deposits.of(uid)],
        "withdrawals": [to_plain(each) for each in treasury.withdrawals.of(uid)],
        "movements": [_movement(each) for each in exchange.movements.of(uid)],
        "histories": exchange.histories.of(uid),
    }


def _movement(movement: Movement) -> Plain:
    plain = to_plain(movement)
    del plain["uid"]
    return plain


def _account(account: Account) -> Plain:
    balances = {asset: to_plain(each) for asset, each in account.balances.items()}
    return {
        "uid": account.uid,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
        "fee_in_bnb": account.fee_in_bnb,
        "can_trade": account.can_trade,
        "balances": balances,
        "initial": {asset: format(each, "f") for asset, each in account.initial.items()},
    }


def _read_account(plain: Plain) -> Account:
    balances = {asset: from_plain(Balance, each) for asset, each in plain["balances"].items()}
    initial = {asset: Decimal(each) for asset, each in plain["initial"].items()}
    return Account(**(plain | {"balances": balances, "initial": initial}))


def _key(key: ApiKey) -> Plain:
    return to_plain(key) | {"permissions": to_plain(key.permissions)}


def _read_key(plain: Plain) -> ApiKey:
    permissions = from_plain(KeyPermissions, plain["permissions"])
    addresses = tuple(plain["allowed_addresses"])
    return ApiKey(**(plain | {"permissions": permissions, "allowed_addresses": addresses}))
