"""A league into which people link accounts: the API, a container, and a sandbox exchange.

Stores, queue and vault are those in memory, or others that are passed in.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ulid import ULID

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.links import StreamEnvironment
from chalicelib.adapters.binance.market_stream import BinancePriceStream
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.user_stream import BinanceUserStream
from chalicelib.domain.account import KeyPair
from chalicelib.services.bind_account import LinkDesk
from chalicelib.services.exchange_contact import ExchangeContact
from chalicelib.services.exchange_ports import StreamListener
from chalicelib.services.link_account import Membership
from chalicelib.services.link_ports import KeyVault
from chalicelib.services.ports import Events
from ingest_container.forwarder import ForwarderLimits
from ingest_container.outside import Outside
from ingest_container.supervisor import Rhythm, Supervisor
from sandbox.exchange.running import RunningExchange
from tests.browser import Browser, browsing
from tests.builders import EXCHANGE
from tests.contract.stores import Stores
from tests.identity_pool import PASSWORD
from tests.integration.binance_helpers import PATIENCE_S, TIMES, adapter, machine_now
from tests.lobby import Lobby

_QUICK = Rhythm(heartbeat=0.05, fast_heartbeat=0.02, restart=0.05)


@dataclass
class LinkingLeague:
    """What a trader can do, and what the container made of it."""

    running: RunningExchange
    exchange: BinanceExchange
    lobby: Lobby
    stores: Stores
    browser: Browser
    supervisor: Supervisor

    def join(self, name: str) -> str:
        """Sign up and in over HTTP; the access token."""
        email = f"{name.lower()}@example.org"
        joining = {"name": name, "email": email, "password": PASSWORD}
        self.browser.json("/session/sign-up", joining)
        code = self.lobby.pool.code(email)
        self.browser.json("/session/confirm", {"name": name, "code": code})
        entering = {"login": name, "password": PASSWORD}
        return str(self.browser.json("/session/sign-in", entering)["access_token"])

    def link(self, token: str, pair: KeyPair, **more: object) -> str:
        """Ask for a link over HTTP; the account's id."""
        asked = {"api_key": pair.api_key, "secret": pair.secret} | more
        return str(self.browser.json("/me/accounts", asked, token)["id"])

    def link_pair(self, token: str, uid: int, **more: object) -> str:
        """Have a pair made, register its public half at the exchange, and link it."""
        made = self.browser.json("/me/accounts/key-pair", {}, token)
        registered = self.running.admin.post("keys", uid=uid, public_key=made["public_key"])
        asked = {"api_key": registered["key"], "key_pair_id": made["key_pair_id"]} | more
        return str(self.browser.json("/me/accounts", asked, token)["id"])

    def shown(self, token: str) -> list[dict[str, Any]]:
        """The accounts that the trader is shown."""
        found: list[dict[str, Any]] = self.browser.get("/me/accounts", token).json_body["accounts"]
        return found

    def until(self, true: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
        """Wait for something that the container's threads do."""
        give_up_at = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < give_up_at, f"never came: {self.supervisor.state()}"
            time.sleep(0.01)

    def until_shown(self, token: str, account_id: str, state: str) -> dict[str, Any]:
        """Wait until the account is shown in that state; what is shown then."""
        return self._until_shown(token, account_id, {state})

    def until_streaming(self, token: str, account_id: str) -> None:
        """Wait until the account streams, its past imported or not."""
        self._until_shown(token, account_id, {"importing", "live"})

    def _until_shown(self, token: str, account_id: str, states: set[str]) -> dict[str, Any]:
        found: list[dict[str, Any]] = []

        def is_so() -> bool:
            found[:] = [each for each in self.shown(token) if each["id"] == account_id]
            return bool(found) and found[0]["state"] in states

        self.until(is_so)
        return found[0]


@contextmanager
def linking_league(
    running: RunningExchange,
    *,
    stores: Stores | None = None,
    vault: KeyVault | None = None,
    events: Events | None = None,
) -> Iterator[LinkingLeague]:
    """The league, its container running."""
    lobby = Lobby()
    chosen, sealing = stores or lobby.fakes, vault or lobby.fakes.vault
    queue = events or lobby.fakes.events
    with adapter(running) as exchange, browsing(lobby, chosen, sealing) as browser:
        lobby.now = exchange.time()
        outside = _outside(running, exchange, chosen, sealing, queue)
        limits = ForwarderLimits(linger=0, first_pause=0.01)
        supervisor = Supervisor(outside, rhythm=_QUICK, limits=limits)
        supervisor.start()
        try:
            yield LinkingLeague(running, exchange, lobby, chosen, browser, supervisor)
        finally:
            supervisor.stop(PATIENCE_S)


def link_desk(stores: Stores, vault: KeyVault) -> LinkDesk:
    """Where accounts are linked, on these stores."""
    members = Membership(
        traders=stores.traders,
        seats=stores.seats,
        accounts=stores.accounts,
        ledger=stores.ledger,
        holdings=stores.holdings,
        runs=stores.runs,
        corrections=stores.corrections,
        new_id=lambda: str(ULID()),
    )
    return LinkDesk(stores.links, vault, members)


def _outside(
    running: RunningExchange,
    exchange: BinanceExchange,
    stores: Stores,
    vault: KeyVault,
    events: Events,
) -> Outside:
    environment = StreamEnvironment(
        budget=WeightBudget(machine_now),
        exchange_now=exchange.clock.now,
        resync=exchange.time,
        machine=machine_now,
        times=TIMES,
    )

    def user_stream(listener: StreamListener) -> BinanceUserStream:
        return BinanceUserStream(running.ws_api_url, environment, listener)

    return Outside(
        exchange_name=EXCHANGE,
        exchange=exchange,
        contact=ExchangeContact(machine_now),
        conditions=stores.conditions,
        accounts=stores.accounts,
        ledger=stores.ledger,
        holdings=stores.holdings,
        doubts=stores.doubts,
        leases=stores.leases,
        imports=stores.imports,
        prices=stores.prices,
        events=events,
        vault=vault,
        desk=link_desk(stores, vault),
        user_stream=user_stream,
        price_stream=lambda: BinancePriceStream(running.stream_url, environment),
        now=exchange.clock.now,
        machine=machine_now,
        share_weight=environment.budget.share_with,
    )
