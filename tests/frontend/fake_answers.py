"""What the fake league answers about traders, made from seeds out of the API's own models."""

import math
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from chalicelib.domain.coin_state import CoinState
from chalicelib.domain.reading import Status
from chalicelib.domain.trade_rows import Precision
from chalicelib.entrypoints import board_api as boards
from chalicelib.entrypoints import profile_answers as profiles
from chalicelib.entrypoints.http import Answer

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
MARKUP = "<img src=x onerror=alert(1)>"
_FIRST = [
    "quiet",
    "north",
    "amber",
    "slow",
    "lucky",
    "iron",
    "blue",
    "tidal",
    "plain",
    "river",
    "early",
    "stone",
    "hidden",
    "bright",
]
_LAST = [
    "harbour",
    "finch",
    "ledger",
    "whale",
    "comet",
    "anchor",
    "otter",
    "falcon",
    "lantern",
    "maple",
    "drift",
    "quartz",
]


def board_row(place: int, value: float, dice: random.Random, unranked: bool) -> boards.BoardTrader:
    """A trader on the board."""
    name = f"{dice.choice(_FIRST)}_{dice.choice(_LAST)}_{place}"
    named = {2: MARKUP, 5: "a_name_as_long_as_names_can_be"}
    course = [math.sin(n / 3 + place) * 30 + n * (2 if value > 0 else -2) for n in range(24)]
    low, high = min(course), max(course)
    scaled: list[int | None] = [round((each - low) / (high - low) * 100) for each in course]
    if place % 11 == 4:
        scaled[5:9] = [None] * 4
    status = Status.STALE if place == 6 else Status.ACTIVE
    if unranked:
        status = Status.RETIRED if place % 2 else Status.NOT_RANKED_YET
    week, month = round(dice.gauss(2, 12), 2), round(dice.gauss(3, 25), 2)
    return boards.BoardTrader(
        rank=None if status in (Status.RETIRED, Status.NOT_RANKED_YET) else place,
        rank_change=dice.choice([0, 0, 1, 2, -1, -3, 12, None]), name=named.get(place, name),
        exchange=None if status is Status.RETIRED else "binance", pnl_24h_pct=f"{value:.2f}",
        pnl_7d_pct=f"{week:.2f}", pnl_30d_pct=None if place % 7 == 0 else f"{month:.2f}",
        capped=place in (3, 12), max_drawdown_pct=f"{abs(dice.gauss(2, 3)):.2f}", trend=scaled,
        followers=int(abs(dice.gauss(0, 400))), status=status,
    )  # fmt: skip


def allocation() -> list[profiles.AllocationAnswer]:
    """What the money is in."""
    shares = {"BTC": 46, "ETH": 22, "USDT": 14, "SOL": 9, "LUNA": 4, "other coins": 5}
    return [profiles.AllocationAnswer(asset=each, share_pct=str(of)) for each, of in shares.items()]


def coins() -> list[profiles.CoinAnswer]:
    """How these coins do."""
    known = {
        "BTC": ("1.20", "8.41", CoinState.TRADING), "ETH": ("-2.31", "-4.07", CoinState.TRADING),
        "USDT": ("0.00", None, CoinState.TRADING), "SOL": ("5.66", "12.03", CoinState.HALTED),
        "LUNA": (None, "-99.10", CoinState.DELISTED),
    }  # fmt: skip
    return [
        profiles.CoinAnswer(asset=each, change_24h_pct=day, since_last_buy_pct=buy, state=state)
        for each, (day, buy, state) in known.items()
    ]


def trade(place: int) -> profiles.TradeAnswer:
    """A row of the list of trades."""
    dice = random.Random(place)
    at = NINE - timedelta(hours=2 + place)
    return profiles.TradeAnswer(
        at=at.date().isoformat() if place % 9 == 5 else instant(at) or "",
        precision=Precision.DAY if place % 9 == 5 else Precision.HOUR,
        pair=dice.choice(["BTC/USDT", "ETH/USDT", "SOL/USDT"]), side=dice.choice(["buy", "sell"]),
        price=None if place % 9 == 5 else f"{dice.uniform(100, 70000):.2f}",
        size_pct=dice.choice(["<1", "1-5", "5-20", "20-50", ">50"]),
    )  # fmt: skip


def instant(at: datetime | None) -> str | None:
    """As the API writes instants."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def answered(answer: Answer, status: int = 200) -> web.Response:
    """`answer` as JSON that nobody keeps."""
    text = answer.model_dump_json(by_alias=True, exclude_unset=True)
    headers = {"Cache-Control": "no-store"}
    return web.Response(text=text, status=status, content_type="application/json", headers=headers)


def problem(status: int, detail: str) -> web.Response:
    """A problem document, its sentence as the API writes it."""
    sentence = f"{detail[:1].upper()}{detail[1:].rstrip('.')}."
    content: dict[str, Any] = {"title": "Problem", "status": status, "detail": sentence}
    return web.json_response(content, status=status, content_type="application/problem+json")


def week() -> profiles.WindowAnswer:
    """A return that was limited."""
    return profiles.WindowAnswer(pct="11.40", rank=3, capped=True)


def month() -> profiles.WindowAnswer:
    """A loss."""
    return profiles.WindowAnswer(pct="-4.07", rank=88, capped=False)
