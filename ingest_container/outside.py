"""What the container needs from outside; `main.py` takes it from wiring, tests from fakes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.switches import Switch
from chalicelib.services.bind_account import LinkDesk
from chalicelib.services.exchange_contact import ExchangeContact
from chalicelib.services.exchange_ports import (
    Exchange,
    ExchangeConditions,
    PriceStream,
    StreamListener,
    UserStream,
)
from chalicelib.services.import_ports import Imports
from chalicelib.services.link_ports import KeyVault
from chalicelib.services.metric_ports import Metrics
from chalicelib.services.ports import (
    Accounts,
    Doubts,
    Events,
    Holdings,
    Leases,
    Ledger,
    Prices,
)


@dataclass(frozen=True, slots=True)
class Outside:
    """One exchange, the stores that ingest touches, the queue, and the two clocks: `now` is
    the exchange's, `machine` this machine's. `contact` is told what comes of asking the exchange,
    by calls and streams. `share_weight` is told how many containers live,
    and gives the weight a minute that is left to this one. `paused` says what operators have
    paused. `weight_used` is the part of the address's budget that is spent in the running minute,
    and `metrics` is where figures go, if anybody wants them."""

    exchange_name: str
    exchange: Exchange
    contact: ExchangeContact
    conditions: ExchangeConditions
    accounts: Accounts
    ledger: Ledger
    holdings: Holdings
    doubts: Doubts
    leases: Leases
    prices: Prices
    events: Events
    vault: KeyVault
    desk: LinkDesk
    imports: Imports
    user_stream: Callable[[StreamListener], UserStream]
    price_stream: Callable[[], PriceStream]
    now: Callable[[], datetime]
    machine: Callable[[], datetime]
    share_weight: Callable[[int], int]
    paused: Callable[[Switch], bool] = lambda _: False
    weight_used: Callable[[], float] = lambda: 0.0
    metrics: Metrics | None = None
