"""The calls under /sapi about the wallet as it is: snapshots, assets, wallets, delistings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from sandbox.exchange import api_error
from sandbox.exchange.accounts import ZERO, Balance
from sandbox.exchange.commissions import price_between
from sandbox.exchange.earn import claim
from sandbox.exchange.endpoints import SIGNED_NAMES, Call, Endpoint, Json, Security
from sandbox.exchange.past_balances import PastBalances
from sandbox.exchange.sapi_fiat import SUCCESS_CODE
from sandbox.exchange.sapi_window import DAY_MS, Window, plain, shown_until
from sandbox.exchange.treasury import SPOT_WALLET, WITHDRAWAL_UNDER_WAY
from sandbox.exchange.wallet import OTHER_WALLETS

SNAPSHOT_WINDOW = Window(7, 30)
FEWEST_DAYS, MOST_DAYS = 7, 30
SECOND_MS = 1_000
WALLET_NAMES = {
    "SPOT": "Spot",
    "FUNDING": "Funding",
    "MARGIN": "Cross Margin",
    "ISOLATED": "Isolated Margin",
    "UMFUTURE": "USDⓈ-M Futures",
    "CMFUTURE": "COIN-M Futures",
    "EARN": "Earn",
    "OPTION": "Options",
    "PORTFOLIO_MARGIN": "Portfolio Margin",
    "BOTS": "Trading Bots",
}


def account_snapshots(call: Call) -> Json:
    """One per UTC day that is over, oldest first; none from more than thirty days ago."""
    kind = call.parameters.required("type")
    if kind not in {"SPOT", "MARGIN", "FUTURES"}:
        raise api_error.invalid_value("type")
    limit = call.parameters.integer("limit") or FEWEST_DAYS
    if not FEWEST_DAYS <= limit <= MOST_DAYS:
        raise api_error.invalid_value("limit")
    start, end = SNAPSHOT_WINDOW.asked(call)
    start = max(start, call.at - MOST_DAYS * DAY_MS, call.account.created_at)
    # A day's snapshot bears the last second of its day.
    first = -(-(start + SECOND_MS) // DAY_MS) * DAY_MS
    ends = range(first, min(end + SECOND_MS, shown_until(call, "snapshots")) + 1, DAY_MS)
    shown = ends[-limit:] if kind == "SPOT" else []
    past = PastBalances(call.exchange, call.account.uid)
    return {"code": 200, "msg": "", "snapshotVos": [_snapshot(call, past, end) for end in shown]}


def user_assets(call: Call) -> Json:
    """The positive assets, with what is on its way out."""
    valued = call.parameters.flag("needBtcValuation")
    wanted = call.parameters.text("asset")
    leaving = _withdrawing(call)
    held = call.account.balances
    return [
        {
            "asset": asset,
            "free": plain(balance.free),
            "locked": plain(balance.locked),
            "freeze": "0",
            "withdrawing": plain(leaving[asset]),
            "ipoable": "0",
            "btcValuation": plain(_in_btc(call, {asset: balance}, call.at)) if valued else "0",
        }
        for asset in sorted(held.keys() | leaving.keys())
        for balance in [held.get(asset, Balance())]
        if balance.free + balance.locked + leaving[asset] > 0 and wanted in (None, asset)
    ]


def wallet_balances(call: Call) -> Json:
    """What each wallet is worth, in BTC or in `quoteAsset`."""
    quote = call.parameters.text("quoteAsset") or "BTC"
    wallets: dict[str, dict[str, Decimal]] = {name: {} for name in WALLET_NAMES}
    for name, asset, quantity in _contents(call):
        wallets[name][asset] = wallets[name].get(asset, ZERO) + quantity
    return [
        {
            "activate": name not in {"ISOLATED", "BOTS"},
            "balance": plain(_worth(call, wallets[name], quote, call.at)),
            "walletName": shown,
        }
        for name, shown in WALLET_NAMES.items()
    ]


def delist_schedule(call: Call) -> Json:
    """The pairs that will be gone, by the time they go. Anyone may ask, signed or not."""
    by_time: defaultdict[int, list[str]] = defaultdict(list)
    for symbol, at in call.exchange.market.delistings_after(call.at):
        by_time[at].append(symbol)
    return [{"delistTime": at, "symbols": symbols} for at, symbols in sorted(by_time.items())]


def no_payments(call: Call) -> Json:
    return {"code": SUCCESS_CODE, "message": "success", "data": [], "success": True}


def no_private_trades(call: Call) -> Json:
    return {"code": SUCCESS_CODE, "message": "success", "data": [], "total": 0, "success": True}


def _snapshot(call: Call, past: PastBalances, day_end: int) -> dict[str, object]:
    held = past.at(day_end - 1)
    return {
        "type": "spot",
        "updateTime": day_end - SECOND_MS,
        "data": {
            "totalAssetOfBtc": plain(_in_btc(call, held, day_end)),
            "balances": [
                {"asset": asset, "free": plain(each.free), "locked": plain(each.locked)}
                for asset, each in held.items()
            ],
        },
    }


def _withdrawing(call: Call) -> Mapping[str, Decimal]:
    leaving: defaultdict[str, Decimal] = defaultdict(Decimal)
    for record in call.exchange.treasury.withdrawals.of(call.account.uid):
        if record.status in WITHDRAWAL_UNDER_WAY and record.wallet == SPOT_WALLET:
            leaving[record.asset] += record.amount + record.fee
    return leaving


def _contents(call: Call) -> Iterator[tuple[str, str, Decimal]]:
    """Wallet, asset and quantity of everything the account has anywhere."""
    exchange, uid = call.exchange, call.account.uid
    lent = {claim(row.asset): row.asset for row in exchange.histories.earn_subscriptions.of(uid)}
    for asset, balance in call.account.balances.items():
        total = balance.free + balance.locked
        yield ("EARN", lent[asset], total) if asset in lent else ("SPOT", asset, total)
    for position in exchange.earn.positions(uid):
        yield "EARN", position.asset, position.amount
    for row in exchange.histories.transfers.of(uid):
        wallet = next(name for name in OTHER_WALLETS if row.kind in _kinds(name))
        yield wallet, row.asset, -row.change


def _kinds(wallet: str) -> tuple[str, str]:
    return f"MAIN_{wallet}", f"{wallet}_MAIN"


def _in_btc(call: Call, held: Mapping[str, Balance], at: int) -> Decimal:
    totals = {asset: each.free + each.locked for asset, each in held.items()}
    return _worth(call, totals, "BTC", at)


def _worth(call: Call, held: Mapping[str, Decimal], quote: str, at: int) -> Decimal:
    """In the quote asset, cut to 8 decimals; what has no price counts nothing."""
    market = call.exchange.market
    worth = sum(
        (
            quantity * (price_between(market, asset, quote, at) or ZERO)
            for asset, quantity in held.items()
            if quantity > 0
        ),
        ZERO,
    )
    return worth.quantize(Decimal("0.00000001"))


_TIMES = frozenset({"startTime", "endTime"})

WALLET_ENDPOINTS = (
    Endpoint(
        "GET",
        "/sapi/v1/accountSnapshot",
        account_snapshots,
        _TIMES | {"type", "limit"},
        weight=2_400,
        security=Security.USER_DATA,
    ),
    Endpoint(
        "POST",
        "/sapi/v3/asset/getUserAsset",
        user_assets,
        frozenset({"asset", "needBtcValuation"}),
        weight=5,
        security=Security.USER_DATA,
    ),
    Endpoint(
        "GET",
        "/sapi/v1/asset/wallet/balance",
        wallet_balances,
        frozenset({"quoteAsset"}),
        weight=60,
        security=Security.USER_DATA,
    ),
    Endpoint(
        "GET",
        "/sapi/v1/spot/delist-schedule",
        delist_schedule,
        SIGNED_NAMES,
        weight=100,
    ),
    Endpoint(
        "GET",
        "/sapi/v1/pay/transactions",
        no_payments,
        _TIMES | {"limit"},
        weight=3_000,
        security=Security.USER_DATA,
        per_account=True,
    ),
    Endpoint(
        "GET",
        "/sapi/v1/c2c/orderMatch/listUserOrderHistory",
        no_private_trades,
        frozenset({"tradeType", "startTimestamp", "endTimestamp", "page", "rows"}),
        security=Security.USER_DATA,
    ),
)
