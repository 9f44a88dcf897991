"""Everything that Binance writes down of a spot account besides fills: its lists, by name.

How a list is read is said in `listings.py`, what a row means in `history_rows.py`,
`fiat_rows.py` and `earn_rows.py`.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from chalicelib.adapters.binance import earn_rows, fiat_rows, history_rows
from chalicelib.adapters.binance.history_rows import Row
from chalicelib.adapters.binance.listings import Listing, Paging
from chalicelib.domain.ledger import BalanceChange

_WALLETS = ("FUNDING", "UMFUTURE", "CMFUTURE", "MARGIN", "OPTION", "PORTFOLIO_MARGIN")
_LATE = timedelta(days=7)
_OFFSET = Paging(1000, "limit", "offset", counts_rows=True)
_ROWS = Paging(500, "rows", "page")
_SIZE = Paging(100, "size", "current")


def _earn(product: str, record: str, changes_of: Callable[[Row], list[BalanceChange]]) -> Listing:
    return Listing(
        f"simple-earn/{product}/history/{record}",
        changes_of,
        _SIZE,
        rows_key="rows",
        weight=150,
        late=timedelta(0) if record == "rewardsRecord" else _LATE,
        fixed={"type": "ALL"} if (product, record) == ("flexible", "rewardsRecord") else {},
    )


def _fiat(
    path: str, transaction_type: int, changes_of: Callable[[Row], list[BalanceChange]], weight: int
) -> Listing:
    return Listing(
        path,
        changes_of,
        _ROWS,
        rows_key="data",
        weight=weight,
        per_account=weight > 1,
        late=_LATE,
        from_parameter="beginTime",
        fixed={"transactionType": transaction_type},
    )


def _sub_account(way: int, changes_of: Callable[[Row], list[BalanceChange]]) -> Listing:
    return Listing(
        "sub-account/transfer/subUserHistory",
        changes_of,
        Paging(500, "limit"),
        only_some=True,
        fixed={"type": way},
    )


HISTORIES: Mapping[str, tuple[Listing, ...]] = {
    "deposits": (
        Listing(
            "capital/deposit/hisrec",
            history_rows.deposit,
            _OFFSET,
            longest=timedelta(days=90),
            late=_LATE,
        ),
    ),
    "dust": (
        Listing(
            "asset/dribblet",
            history_rows.dust,
            Paging(100),
            rows_key="userAssetDribblets",
            fixed={"accountType": "SPOT"},
        ),
    ),
    "fiat_payments": (
        _fiat("fiat/payments", 0, fiat_rows.fiat_purchase, 1),
        _fiat("fiat/payments", 1, fiat_rows.fiat_sale, 1),
    ),
    "sub_transfers": (
        _sub_account(1, history_rows.transfer_from_master),
        _sub_account(2, history_rows.transfer_to_master),
    ),
    "dividends": (
        Listing(
            "asset/assetDividend",
            history_rows.dividend,
            Paging(500, "limit"),
            rows_key="rows",
            weight=10,
            longest=timedelta(days=180),
        ),
    ),
    "transfers": tuple(
        Listing(
            "asset/transfer",
            history_rows.transfer,
            _SIZE,
            rows_key="rows",
            longest=timedelta(days=180),
            kept=timedelta(days=180),
            fixed={"type": kind},
        )
        for wallet in _WALLETS
        for kind in (f"MAIN_{wallet}", f"{wallet}_MAIN")
    ),
    "converts": (
        Listing(
            "convert/tradeFlow",
            history_rows.convert,
            Paging(1000, "limit"),
            rows_key="list",
            weight=3_000,
            per_account=True,
        ),
    ),
    "withdrawals": (
        Listing(
            "capital/withdraw/history",
            history_rows.withdrawal,
            _OFFSET,
            weight=18_000,
            per_account=True,
            longest=timedelta(days=90),
            rounded=timedelta(seconds=1),
        ),
    ),
    "fiat_orders": (
        _fiat("fiat/orders", 0, fiat_rows.fiat_deposit, 45_000),
        _fiat("fiat/orders", 1, fiat_rows.fiat_withdrawal, 45_000),
    ),
    "flexible_subscriptions": (
        _earn("flexible", "subscriptionRecord", earn_rows.flexible_subscription),
    ),
    "flexible_redemptions": (_earn("flexible", "redemptionRecord", earn_rows.flexible_redemption),),
    "flexible_rewards": (_earn("flexible", "rewardsRecord", earn_rows.flexible_reward),),
    "locked_subscriptions": (_earn("locked", "subscriptionRecord", earn_rows.locked_subscription),),
    "locked_redemptions": (_earn("locked", "redemptionRecord", earn_rows.locked_redemption),),
    "locked_rewards": (_earn("locked", "rewardsRecord", earn_rows.locked_reward),),
}
"""By name, cheapest first: what our address pays little for, then what only the account pays,
then Earn."""
