"""The whole league in one thread, on clocks that stand until they are moved: the sandbox exchange,
real containers, app.py's own functions, and stores between which and the league things go wrong.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any, Final

import app as deployed
from chalicelib import wiring
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.domain.account import AccountState, Trader
from chalicelib.domain.errors import LeagueError, NotFound
from chalicelib.domain.market import PriceList, Quote, Symbol, price_list
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.services.bind_account import LinkDesk
from chalicelib.services.link_account import Membership, join_league
from chalicelib.services.remove_link import remove_link
from chalicelib.services.request_link import AskedLink, request_link
from chalicelib.services.throttling import Gate
from ingest_container.outside import Outside
from sandbox.exchange.api_error import ApiError
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.life_dice import Dice, NotNow
from sandbox.exchange.life_trades import TRADES
from sandbox.exchange.life_wallet import WALLET_ACTS
from sandbox.exchange.market import Market
from sandbox.exchange.synthetic import synthetic_market
from sandbox.lambda_events import Context, schedule_event
from tests.builders import EXCHANGE
from tests.chaos.backing import MakesBacking, memory
from tests.chaos.container import Container, NoPriceStream
from tests.chaos.faults import Killed, Plan, Proxy
from tests.chaos.mail import Box, Parcel
from tests.chaos.wire import Line, wired_exchange, wired_streams
from tests.chaos.witness import Witness

START: Final = datetime(2026, 9, 23, 21, 40, tzinfo=UTC)
"""Two hours and more before midnight, so that a day ends in most schedules."""

TRADERS: Final = {"ann": ("ann.1", "ann.2"), "bob": ("bob.1",)}
CONTAINERS: Final = ("red", "blue")
HELD: Final = {
    "ann.1": {"USDT": "20000", "BTC": "0.2", "BNB": "5", "ETH": "1", "EUR": "500"},
    "ann.2": {"USDT": "900", "SOL": "20"},
    "bob.1": {"BTC": "0.5", "USDT": "3000", "TRY": "9000"},
}
LONG_BEFORE: Final = datetime(2026, 9, 20, tzinfo=UTC)
LATE_IN_THE_HOUR: Final = timedelta(seconds=12)
MARKET_SEED: Final = 1
NO_LIMIT: Final = 10**9
ACTS: Final = {**TRADES, **WALLET_ACTS}
_STEP: Final = timedelta(seconds=10)
_PASSING: Final = (LeagueError, Killed)


def epoch_ms(at: datetime) -> int:
    """Milliseconds since 1970."""
    return round(at.timestamp() * 1000)


@cache
def market() -> Market:
    """One market for all worlds: nothing in it is changed by hand."""
    return synthetic_market(MARKET_SEED, start=epoch_ms(START), hours=72)


@dataclass(frozen=True)
class Account:
    """An account at the exchange: its number there, and what tells its owner's wishes."""

    name: str
    trader: Trader
    uid: int


class World:
    """Everything there is. Steps of a schedule call its methods; all but `settle` may be called
    in any order, and do nothing where they make no sense."""

    def __init__(self, seed: int, backing: MakesBacking = memory) -> None:
        self.random = Random(seed)
        self.machine_now = START + timedelta(days=100)
        self.skew = timedelta(0)
        self.exchange = Exchange(
            market(), seed=7, start=epoch_ms(START), machine=lambda: epoch_ms(self.machine_now)
        )
        limits = self.exchange.limits
        limits.settings = replace(
            limits.settings,
            weight_per_minute=NO_LIMIT,
            sapi_ip_weight_per_minute=NO_LIMIT,
            sapi_uid_weight_per_minute=NO_LIMIT,
            connects_per_five_minutes=NO_LIMIT,
        )
        limits.bans.on_ban = self._cut_banned
        self.plan = Plan()
        self.plan.others = self._others_work
        self._at_work: set[str] = set()
        self.backing = backing(self.machine, Random(seed + 1), self.plan)
        self.stores = self._faulty_stores()
        self.events = Proxy("events", self.backing.events, self.plan)
        self.tasks = Proxy("tasks", self.backing.tasks, self.plan)
        self.vault = Proxy("vault", self.backing.vault, self.plan)
        self.files = Proxy("files", self.backing.files, self.plan)
        self.containers: dict[str, Container] = {}
        self.wishes: list[Callable[[], None]] = []
        self.ids = 0
        self.lost: list[str] = []
        self.hours: list[int] = []
        self.witness = Witness(self)
        self._lambda_line = Line(self.exchange, "192.0.2.9", self.machine)
        self._new_functions()
        self._symbols = symbols(self.lambda_exchange)
        self.backing.stores.prices.put_symbols(self._symbols)
        self.accounts = self._open_accounts()
        self.linked: dict[str, list[str]] = {name: [] for name in self.accounts}
        self.note_prices()

    # clocks

    def machine(self) -> datetime:
        """The machine's clock."""
        return self.machine_now

    def now(self) -> datetime:
        """The exchange's clock, as right as the league knows it."""
        return self.exchange_now() + self.skew

    def exchange_now(self) -> datetime:
        """The exchange's clock."""
        return datetime.fromtimestamp(self.exchange.now() / 1000, UTC)

    def _move(self, by: timedelta, *, machine: timedelta | None = None) -> None:
        self.exchange.clock.advance(round(by.total_seconds() * 1000))
        self.exchange.look_at_market()
        self.machine_now += by if machine is None else machine
        self.note_prices()

    def pass_time(self, seconds: int) -> None:
        """Let so much time pass, with everybody at work."""
        left = timedelta(seconds=seconds)
        while left > timedelta(0):
            step = min(left, _STEP)
            self._move(step)
            self.work()
            left -= step

    def set_skew(self, milliseconds: int) -> None:
        """From now on the league's idea of the exchange's clock is so much off."""
        self.skew = timedelta(milliseconds=milliseconds)
        for container in self.containers.values():
            container.exchange.clock.correct(self.now())

    def note_prices(self) -> None:
        """Store the prices of the full minute that comes: what happens now is valued at it."""
        at = self.exchange_now()
        minute = at.replace(second=0, microsecond=0)
        if minute != at:
            minute += timedelta(minutes=1)
        self.backing.stores.prices.put_minute(minute_prices(minute, self._symbols))

    def close_hour(self) -> None:
        """Go to a little after the next full hour, and have its run opened."""
        end = hour_start(hour_of(self.exchange_now()) + 1)
        self._move(end - self.exchange_now(), machine=timedelta(seconds=1))
        late = LATE_IN_THE_HOUR + max(timedelta(0), -self.skew)
        self._move(late)
        self.set_skew(round(self.skew.total_seconds() * 1000))
        self.hours.append(hour_of(end))
        self.work()
        self.tick()

    def tick(self) -> None:
        """The schedule fires, for the hour that has begun."""
        at = hour_start(hour_of(self.exchange_now()))
        if self.exchange_now() < at + LATE_IN_THE_HOUR:
            return
        with self._function():
            deployed.tick(schedule_event("tick", at), Context("tick"))
        self.deliver()

    # the exchange

    def act(self, name: str, what: str, dice: int) -> None:
        """One thing that an account may do; nothing where it cannot."""
        self._move(timedelta(seconds=3, milliseconds=dice % 997))
        account = self.accounts[name]
        with suppress(NotNow, ApiError, ValueError):
            ACTS[what](Dice(self.exchange, account.uid, Random(dice)))
        self.note_prices()

    def hear_again(self) -> None:
        """No event is lost any more; a line on which some were is found to be broken."""
        if self.exchange.events.lost_for:
            self.exchange.events.lost_for.clear()
            for container in self.containers.values():
                container.line.cut()

    def _cut_banned(self, address: str) -> None:
        for container in self.containers.values():
            if container.line.address == address:
                container.line.cut()

    # containers

    def start(self, name: str) -> None:
        """Start the container, if it does not run."""
        if name in self.containers:
            return
        line = Line(self.exchange, f"192.0.2.{1 + CONTAINERS.index(name)}", self.machine)
        exchange = wired_exchange(line, self._wait)
        exchange.clock.correct(self.exchange_now() + self.skew)
        streams = wired_streams(exchange, line)
        with self._process(name):
            self.containers[name] = Container(
                name, line, exchange, streams, self.machine, self._outside
            )

    def kill(self, name: str) -> None:
        """The container is gone without a word."""
        container = self.containers.pop(name, None)
        if container is not None:
            container.line.cut()

    def leave(self, name: str) -> None:
        """The container is asked to stop."""
        if name in self.containers:
            with self._process(name):
                self.containers[name].leave()

    def _wait(self, seconds: float) -> None:
        self.machine_now += timedelta(seconds=seconds)

    def _outside(self, container: Container) -> Outside:
        stores: Any = self.stores
        return Outside(
            exchange_name=EXCHANGE,
            exchange=container.exchange,
            contact=container.exchange.contact,
            conditions=stores.conditions,
            accounts=stores.accounts,
            ledger=stores.ledger,
            holdings=stores.holdings,
            doubts=stores.doubts,
            leases=stores.leases,
            prices=stores.prices,
            events=self.events,
            vault=self.vault,
            desk=self.desk(),
            imports=stores.imports,
            user_stream=container.user_stream,
            price_stream=NoPriceStream,
            now=self.now,
            machine=self.machine,
            share_weight=container.streams.budget.share_with,
        )

    def work(self) -> None:
        """Everybody does what is due now."""
        for name, container in list(self.containers.items()):
            if name in self._at_work:
                continue
            with self._working(name), self._process(name):
                container.turn()
            if container.ended is not None:
                self.containers.pop(name, None)
        self.deliver()
        self._try_wishes()

    def _others_work(self) -> None:
        """What happens between two calls of a process; not again within that."""
        if "others" not in self._at_work:
            with self._working("others"):
                self.work()

    @contextmanager
    def _working(self, name: str) -> Iterator[None]:
        self._at_work.add(name)
        try:
            yield
        finally:
            self._at_work.discard(name)

    def _process(self, name: str) -> "_MayDie":
        return _MayDie(lambda: self.kill(name))

    # functions

    def _function(self) -> "_MayDie":
        """One that fails is called again: by the next tick, or with the same messages."""
        return _MayDie(self._new_functions, forgiven=LeagueError)

    def _new_functions(self) -> None:
        """As after a cold start: nothing is remembered."""
        wiring._parsers.cache_clear()
        self.lambda_exchange = wired_exchange(self._lambda_line, self._wait)
        self.lambda_exchange.clock.correct(self.exchange_now())
        wiring.use(
            self.stores,
            self.now,
            self.tasks,
            self.lambda_exchange,
            machine=self.machine,
            vault=self.vault,
            files=self.files,
        )

    def deliver(self) -> None:
        """Hand the messages that can be seen to their functions, until none is left."""
        for name, box in (("record", self.backing.event_box), ("work", self.backing.task_box)):
            while parcels := box.hand_out():
                self._hand(name, box, parcels)

    def _hand(self, name: str, box: Box, parcels: list[Parcel]) -> None:
        records = [
            {"messageId": f"{place}", "receiptHandle": "", "body": each.body, "attributes": {}}
            for place, each in enumerate(parcels)
        ]
        answer: dict[str, list[dict[str, str]]] | None = None
        with self._function():
            answer = getattr(deployed, name)({"Records": records}, Context(name))
        self.witness.look()
        if answer is not None:
            failed = {int(each["itemIdentifier"]) for each in answer["batchItemFailures"]}
            box.done([each for place, each in enumerate(parcels) if place not in failed])

    # traders

    def link(self, name: str, *, new_key: bool = False) -> None:
        """The owner wants the account in the league, with its key or another one."""
        account = self.accounts[name]
        keys = [each for each in self.exchange.accounts.keys.values() if each.uid == account.uid]
        key = keys[-1]
        if new_key or key.revoked:
            key = self.exchange.accounts.add_key(account.uid, at=self.exchange.now())
        asked = AskedLink(EXCHANGE, key.key, key.secret)

        def ask() -> None:
            gate = Gate(self.backing.throttle, self.machine_now, "192.0.2.77")
            trader = self.backing.stores.traders.get(account.trader.trader_id)
            made = request_link(trader, asked, self.now(), self.desk(), gate)
            self.linked[name].append(made.account_id)

        self.wishes.append(ask)
        self._try_wishes()

    def unlink(self, name: str) -> None:
        """The owner wants it out."""
        account = self.accounts[name]
        if not self.linked[name]:
            return

        asked: list[str] = []

        def ask() -> None:
            asked.extend(self._accounts_of(name))
            for account_id in dict.fromkeys(asked):  # the same again, where it broke off
                remove_link(account.trader, account_id, self.now(), self.desk().members)

        self.wishes.append(ask)
        self._try_wishes()

    def _accounts_of(self, name: str) -> list[str]:
        """The league's accounts of one of the exchange's that are linked."""
        found: list[str] = []
        for each in self.backing.stores.accounts.of_trader(self.accounts[name].trader.trader_id):
            his = each.account_id in self.linked[name] or each.uid == str(self.accounts[name].uid)
            if his and each.state is not AccountState.UNLINKED:
                found.append(each.account_id)
        return found

    def _try_wishes(self) -> None:
        """People ask again until it is done, in their order."""
        while self.wishes and "traders" not in self._at_work:
            try:
                with self._working("traders"):
                    self.wishes[0]()
            except _PASSING:
                return
            self.wishes.pop(0)

    def desk(self) -> LinkDesk:
        """Where accounts are linked."""
        stores: Any = self.stores
        members = Membership(
            traders=stores.traders,
            seats=stores.seats,
            accounts=stores.accounts,
            ledger=stores.ledger,
            holdings=stores.holdings,
            runs=stores.runs,
            corrections=stores.corrections,
            new_id=self._new_id,
        )
        return LinkDesk(stores.links, self.vault, members)

    def _new_id(self) -> str:
        self.ids += 1
        return f"01CHAOS{self.ids:019}"

    def _open_accounts(self) -> dict[str, Account]:
        found: dict[str, Account] = {}
        for trader_name, names in TRADERS.items():
            members = replace(
                self.desk().members,
                traders=self.backing.stores.traders,
                seats=self.backing.stores.seats,
            )
            trader = join_league(trader_name, self.now(), members)
            for name in names:
                held = {asset: Decimal(amount) for asset, amount in HELD[name].items()}
                uid = self.exchange.accounts.open(held, at=self.exchange.now()).uid
                self.exchange.accounts.add_key(uid, at=self.exchange.now())
                found[name] = Account(name, trader, uid)
        return found

    def _faulty_stores(self) -> wiring.Stores:
        stores, names = self.backing.stores, wiring.Stores.__dataclass_fields__
        proxies: dict[str, Any] = {
            name: Proxy(name, getattr(stores, name), self.plan) for name in names
        }
        return wiring.Stores(**proxies)

    def held_account(self, account_id: str) -> bool:
        """Whether the league has it."""
        try:
            self.backing.stores.accounts.get(account_id)
        except NotFound:
            return False
        return True


@dataclass
class _MayDie:
    """What runs within may be killed; then `buried` is called."""

    buried: Callable[[], None]
    forgiven: type[Exception] | tuple[()] = ()

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, Killed):
            self.buried()
            return True
        return isinstance(error, self.forgiven)


_KNOWN: dict[str, Symbol] = {}
_MINUTES: dict[datetime, PriceList] = {}


def symbols(exchange: BinanceExchange) -> dict[str, Symbol]:
    """What is listed; asked once, since nothing changes it."""
    if not _KNOWN:
        _KNOWN.update(exchange.symbols())
    return dict(_KNOWN)


def minute_prices(minute: datetime, listed: dict[str, Symbol]) -> PriceList:
    """The list of a minute: last prices strictly before it. All coins had one before."""
    found = _MINUTES.get(minute)
    if found is None:
        before = None if minute == LONG_BEFORE else minute_prices(LONG_BEFORE, listed)
        at = epoch_ms(minute)
        quotes = {
            name: Quote(price, market().day(name, at).quote_volume)
            for name, price in market().prices(at).items()
            if name in listed and listed[name].trading
        }
        found = _MINUTES[minute] = price_list(listed.values(), quotes, minute, before)
    return found
