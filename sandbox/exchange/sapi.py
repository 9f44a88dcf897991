"""All calls under /sapi in one table, and the one about what a key may do."""

from __future__ import annotations

from sandbox.exchange.endpoints import Call, Endpoint, Json, Security
from sandbox.exchange.sapi_deposits import DEPOSIT_ENDPOINTS
from sandbox.exchange.sapi_earn import EARN_ENDPOINTS
from sandbox.exchange.sapi_fiat import FIAT_ENDPOINTS
from sandbox.exchange.sapi_swaps import SWAP_ENDPOINTS
from sandbox.exchange.sapi_transfers import TRANSFER_ENDPOINTS
from sandbox.exchange.sapi_wallet import WALLET_ENDPOINTS


def api_restrictions(call: Call) -> Json:
    key = call.api_key
    allowed = key.permissions
    return {
        "ipRestrict": bool(key.allowed_addresses),
        "createTime": key.created_at,
        "enableReading": allowed.reading,
        "enableWithdrawals": allowed.withdrawals,
        "enableInternalTransfer": allowed.internal_transfer,
        "enableMargin": allowed.margin,
        "enableFutures": allowed.futures,
        "permitsUniversalTransfer": allowed.universal_transfer,
        "enableVanillaOptions": allowed.vanilla_options,
        "enableFixApiTrade": False,
        "enableFixReadOnly": False,
        "enableSpotAndMarginTrading": allowed.spot_and_margin_trading,
        "enablePortfolioMarginTrading": allowed.portfolio_margin,
    }


SAPI_ENDPOINTS = (
    Endpoint(
        "GET",
        "/sapi/v1/account/apiRestrictions",
        api_restrictions,
        security=Security.USER_DATA,
    ),
    *DEPOSIT_ENDPOINTS,
    *FIAT_ENDPOINTS,
    *SWAP_ENDPOINTS,
    *TRANSFER_ENDPOINTS,
    *EARN_ENDPOINTS,
    *WALLET_ENDPOINTS,
)
