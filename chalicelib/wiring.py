"""Picks the real implementations from the settings; each is built once per process.

Outside libraries are imported inside the function that builds the thing, so that importing
`app.py` stays light. Tests put their own with `use`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib import config, logs, steering, tracing
from chalicelib.domain.market import Symbol
from chalicelib.domain.switches import Switch
from chalicelib.people import cognito_people
from chalicelib.services import (
    exchange_ports,
    hour_file_ports,
    identity_ports,
    link_ports,
    metric_ports,
    ports,
    switch_ports,
)
from chalicelib.services.known_switches import KnownSwitches
from chalicelib.stores import Stores as Stores
from chalicelib.stores import dynamo_stores

if TYPE_CHECKING:
    from chalicelib.adapters.binance.budget import WeightBudget
    from chalicelib.adapters.binance.links import StreamEnvironment
    from chalicelib.adapters.binance.rest import BinanceExchange
    from chalicelib.adapters.dynamo.tables import Tables
    from chalicelib.adapters.sandbox_clock import SandboxClock
    from chalicelib.domain.account import Trader
    from chalicelib.domain.own_windows import OwnWindow
    from chalicelib.services.bind_account import LinkDesk
    from chalicelib.services.exchange_contact import ExchangeContact
    from chalicelib.services.link_account import Membership

EXCHANGE = "binance"
"""The one exchange that the league follows so far."""


@dataclass(slots=True)
class _Replaced:
    stores: Stores | None = None
    now: Callable[[], datetime] | None = None
    tasks: ports.Tasks | None = None
    exchange: exchange_ports.Exchange | None = None
    people: identity_ports.People | None = None
    machine: Callable[[], datetime] | None = None
    vault: link_ports.KeyVault | None = None
    files: hour_file_ports.PublicFiles | None = None
    switches: KnownSwitches | None = None
    metrics: metric_ports.Metrics | None = None
    site: str | None = None
    settings: config.Settings | None = None


_replaced = _Replaced()


_UNSWITCHED = KnownSwitches(dict, lambda: datetime.now(UTC))


def use(
    stores: Stores | None = None,
    now: Callable[[], datetime] | None = None,
    tasks: ports.Tasks | None = None,
    exchange: exchange_ports.Exchange | None = None,
    people: identity_ports.People | None = None,
    machine: Callable[[], datetime] | None = None,
    vault: link_ports.KeyVault | None = None,
    files: hour_file_ports.PublicFiles | None = None,
    switches: KnownSwitches | None = None,
    metrics: metric_ports.Metrics | None = None,
    site: str | None = None,
) -> None:
    """Answer with these instead of the real ones; called without arguments, undo that."""
    _replaced.stores = stores
    _replaced.now = now
    _replaced.tasks = tasks
    _replaced.exchange = exchange
    _replaced.people = people
    _replaced.machine = machine
    _replaced.vault = vault
    _replaced.files = files
    _replaced.switches = switches
    _replaced.metrics = metrics
    _replaced.site = site


def point_at(found: config.Settings | None) -> None:
    """Take these settings instead of the environment's (None: those again); before anything else
    is asked for."""
    _replaced.settings = found


@cache
def settings() -> config.Settings:
    """The settings of this process, whose log is then configured by them.

    Raises InvalidRequest for a bad one.
    """
    found = _replaced.settings or config.from_env()
    logs.configure(found.log_level)
    if found.tracing == "yes":
        tracing.start()
    return found


def site_address() -> str:
    """Where the site is, without a slash at the end; "" when the settings do not tell."""
    found = settings().site_url if _replaced.site is None else _replaced.site
    return found.rstrip("/")


def own_addresses() -> list[str]:
    """See the settings; none beside stores that are not the real ones."""
    return [] if _replaced.stores is not None else settings().own_addresses


def stores() -> Stores:
    """Everything that is stored."""
    return _replaced.stores or _stores()


def now() -> datetime:
    """The exchange's time: the machine's own, where no clock is set in the settings.

    Raises ExchangeUnavailable when the sandbox's clock does not answer.
    """
    if _replaced.now is not None:
        return _replaced.now()
    return _sandbox_clock().now() if settings().clock_url else machine_now()


def machine_now() -> datetime:
    """The machine's time: for leases, back-off and limits, never compared with `now`."""
    return _replaced.machine() if _replaced.machine is not None else datetime.now(UTC)


def switches() -> KnownSwitches:
    """What operators have switched; nothing, beside stores that are not the real ones."""
    return _replaced.switches or (_UNSWITCHED if _replaced.stores is not None else _switches())


def metrics() -> metric_ports.Metrics | None:
    """Where figures are written; None where nobody wants them, as beside stores that are not the
    real ones."""
    return _replaced.metrics or (None if _replaced.stores is not None else _metrics())


@cache
def _metrics() -> metric_ports.Metrics | None:
    return steering.wanted_metrics(settings())


def origin_secrets() -> tuple[str, ...] | None:
    """See the settings; None beside stores that are not the real ones."""
    return None if _replaced.stores is not None else settings().origin_secrets


def tasks() -> ports.Tasks:
    """The queue of the hour's work."""
    return _replaced.tasks or _tasks()


def exchange() -> exchange_ports.Exchange:
    """The exchange's REST API."""
    return _replaced.exchange or _exchange()


def user_stream(listener: exchange_ports.StreamListener) -> exchange_ports.UserStream:
    """A new user stream that tells `listener`; one to a slot."""
    from chalicelib.adapters.binance.user_stream import BinanceUserStream

    return BinanceUserStream(settings().binance_ws_api_url, _streams(), listener)


def price_stream() -> exchange_ports.PriceStream:
    """A new stream of last prices."""
    from chalicelib.adapters.binance.market_stream import BinancePriceStream

    return BinancePriceStream(settings().binance_stream_url, _streams())


def parsers() -> Mapping[str, exchange_ports.FrameParser]:
    """Readers of raw frames, by exchange; each keeps the table of symbols it last read."""
    return _parsers(stores().prices.symbols)


def read_items(body: str) -> list[ports.StreamItem]:
    """The items of a message of the events queue. Raises InvalidRequest."""
    from chalicelib.adapters import messages

    return messages.read_items(body)


def read_task(body: str) -> ports.ShardTask | ports.RankTask:
    """The task of a message of the tasks queue. Raises InvalidRequest."""
    from chalicelib.adapters import messages

    return messages.read_task(body)


def mark_shard(task: ports.ShardTask) -> int:
    """Do the task on the stores; how many marks were made. Bound here because the columns need
    numpy, which no route loads."""
    from chalicelib.services.mark_shard import MarkStores, mark_shard

    found = stores()
    where = MarkStores(
        found.holdings,
        found.ledger,
        found.history,
        found.prices,
        found.runs,
        found.corrections,
    )
    return mark_shard(task, where, tasks())


def rank_traders(task: ports.RankTask) -> None:
    """Do the task on the stores, then publish the file of the hour; bound here as `mark_shard`
    is."""
    from chalicelib.services.publish_hour import HourFileStores, publish_hour
    from chalicelib.services.rank_traders import rank_traders

    found = stores()
    ranked = rank_traders(
        task, seats=found.seats, history=found.history, boards=found.boards, runs=found.runs
    )
    publish_hour(ranked, HourFileStores(found.history, found.secrets, found.chain, public_files()))


def explain_windows(trader: "Trader") -> "dict[str, OwnWindow]":
    """How the trader's numbers came about; bound here as `mark_shard` is."""
    from chalicelib.services.explain_windows import WindowStores, explain_windows

    found = stores()
    where = WindowStores(found.boards, found.history, found.imports, found.accounts)
    return explain_windows(trader, where)


@cache
def events() -> ports.Events:
    """The queue from ingest to record."""
    from chalicelib.adapters.queues import EventQueue, Queue

    return EventQueue(Queue(_client("sqs"), settings().events_queue))


def vault() -> link_ports.KeyVault:
    """What seals traders' keys."""
    return _replaced.vault or _vault()


@cache
def _vault() -> link_ports.KeyVault:
    from chalicelib.adapters.key_vault import KmsKeyVault

    return KmsKeyVault(_client("kms"), settings().key_id)


def public_files() -> hour_file_ports.PublicFiles:
    """Where files go that everybody may fetch."""
    return _replaced.files or _public_files()


@cache
def _public_files() -> hour_file_ports.PublicFiles:
    from chalicelib.adapters.public_files import S3PublicFiles

    return S3PublicFiles(_client("s3"), settings().site_bucket)


def people() -> identity_ports.People:
    """Everything that signing up and in needs."""
    return _replaced.people or _people()


def tokens() -> identity_ports.Tokens:
    """Who checks access tokens; built without what only signing in needs."""
    return _replaced.people.tokens if _replaced.people is not None else _tokens()


def members() -> "Membership":
    """Where members are kept, and who makes new ids."""
    from chalicelib.services.link_account import Membership

    found = stores()
    return Membership(
        traders=found.traders,
        seats=found.seats,
        accounts=found.accounts,
        ledger=found.ledger,
        holdings=found.holdings,
        runs=found.runs,
        corrections=found.corrections,
        new_id=_new_id,
    )


def new_key_pair() -> tuple[str, str]:
    """A new Ed25519 pair as PEM: the private half, then the public one."""
    from chalicelib.adapters.ed25519 import new_ed25519_pair

    return new_ed25519_pair()


def _new_id() -> str:
    from ulid import ULID

    return str(ULID())


def desk() -> "LinkDesk":
    """Where exchange accounts are linked."""
    from chalicelib.services.bind_account import LinkDesk

    return LinkDesk(stores().links, vault(), members())


@cache
def tables() -> "Tables":
    """The seven tables."""
    from chalicelib.adapters.dynamo.tables import Tables

    found = settings()
    return Tables(found.table_prefix, found.region, found.tables_url)


@cache
def budget() -> "WeightBudget":
    """The weight that this process may ask of the exchange."""
    from chalicelib.adapters.binance.budget import WeightBudget

    return WeightBudget(machine_now, rest_paused=lambda: switches().is_paused(Switch.EXCHANGE))


@cache
def contact() -> "ExchangeContact":
    """What came of asking the exchange in this process."""
    from chalicelib.services.exchange_contact import ExchangeContact

    return ExchangeContact(machine_now)


def share_weight(containers: int) -> int:
    """Divide the exchange's weight among so many live containers, if they reach it from one
    address; returns the weight a minute that is left to this one."""
    return budget().share_with(containers if settings().shared_address == "yes" else 1)


@cache
def switch_store() -> switch_ports.SwitchStore:
    """Where the switches are kept; for operators, who alone change them."""
    return steering.parameter_switches(settings())


@cache
def _switches() -> KnownSwitches:
    return KnownSwitches(lambda: switch_store().read(), machine_now)


@cache
def _stores() -> Stores:
    return dynamo_stores(tables(), EXCHANGE)


@cache
def _people() -> identity_ports.People:
    return cognito_people(settings(), tables(), _tokens())


@cache
def _tokens() -> identity_ports.Tokens:
    from chalicelib.adapters.tokens import KeyRing, TokenVerifier, fetch_keys, issuer

    found = settings()
    named = issuer(found.region, found.pool_id)
    keys = found.pool_keys_url or f"{named}/.well-known/jwks.json"
    return TokenVerifier(named, found.pool_client_id, KeyRing(lambda: fetch_keys(keys)))


@cache
def _parsers(
    read_symbols: Callable[[], Mapping[str, Symbol]],
) -> Mapping[str, exchange_ports.FrameParser]:
    from chalicelib.adapters.binance.parse import BinanceFrameParser

    return {EXCHANGE: BinanceFrameParser(read_symbols)}


@cache
def _tasks() -> ports.Tasks:
    from chalicelib.adapters.queues import Queue, TaskQueue

    return TaskQueue(Queue(_client("sqs"), settings().tasks_queue))


@cache
def _streams() -> "StreamEnvironment":
    from chalicelib.adapters.binance.links import StreamEnvironment

    return StreamEnvironment(
        budget=budget(),
        exchange_now=_exchange().clock.now,
        resync=_exchange().time,
        machine=machine_now,
        contact=contact(),
    )


@cache
def _exchange() -> "BinanceExchange":
    from chalicelib.adapters.binance.calls import RestAddresses
    from chalicelib.adapters.binance.rest import BinanceExchange

    found = settings()
    addresses = RestAddresses(
        found.binance_api_url, found.binance_sapi_url, bool(found.own_addresses)
    )
    return BinanceExchange(addresses, budget(), machine_now, contact=contact())


@cache
def _client(service: str) -> Any:  # noqa: ANN401 - boto3 has no types
    from chalicelib.adapters import aws

    found = settings()
    return aws.client(service, found.region, found.cloud_url)


@cache
def _sandbox_clock() -> "SandboxClock":
    from chalicelib.adapters.sandbox_clock import SandboxClock

    return SandboxClock(settings().clock_url)
