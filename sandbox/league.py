"""The league's own work on one machine, as one process: the demo, schedules and queue functions.

First the fast-forward, which ends at the last full hour of the wall clock; then exchange time runs
with the wall clock, the runner polls, and the demo traders go on trading. Started by
`sandbox.run`, with the settings in the environment.
"""

import argparse
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from ulid import ULID

import app as deployed
from chalicelib import wiring
from chalicelib.services.link_account import Membership
from sandbox.cloud import client
from sandbox.demo import cast
from sandbox.demo_market import DemoMarket
from sandbox.demo_moves import USDT
from sandbox.exchange.client import AdminClient
from sandbox.exchange.limits import LimitSettings
from sandbox.fast_forward import FastForward, Machinery
from sandbox.floor import ExchangeClock, Floor, Linked
from sandbox.ingest_control import IngestControl
from sandbox.live_demo import LiveDemo
from sandbox.price_keeper import PriceKeeper
from sandbox.progress import Progress
from sandbox.runner import SCHEDULE_DELAY, LiveRunner, Runner
from sandbox.standing import Keys, write_keys

_HOUR = timedelta(hours=1)


def main(arguments: Sequence[str]) -> None:
    """Prepare the demo, say so by a file `prepared`, and run until ended."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.league")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--start", type=datetime.fromisoformat, required=True)
    parser.add_argument("--days", type=int, required=True)
    parser.add_argument("--traders", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--exchange", required=True)
    parser.add_argument("--ingest", required=True)
    chosen = parser.parse_args(arguments)
    progress = Progress()
    progress.say("Bringing demo traders together")
    machinery = build(chosen.exchange, chosen.ingest, chosen.seed)
    linked = prepare(machinery, chosen, progress)
    write_keys(chosen.folder, _keys(linked))
    demo = go_live(machinery, linked, chosen.seed)
    (chosen.folder / "prepared").touch()
    for_ever = threading.Event()
    while not for_ever.wait(1.0):
        demo.step()


def build(address: str, ingest_address: str, seed: int) -> Machinery:
    """The parts that the fast-forward drives."""
    bank = AdminClient(address)
    clock = ExchangeClock(bank)
    settings = wiring.settings()
    exchange = wiring.exchange()
    wiring.use(now=clock.now)
    queues = {"events": settings.events_queue, "tasks": settings.tasks_queue}
    stores = wiring.stores()
    members = Membership(
        traders=stores.traders,
        seats=stores.seats,
        accounts=stores.accounts,
        ledger=stores.ledger,
        holdings=stores.holdings,
        new_id=lambda: str(ULID()),
    )
    return Machinery(
        bank=bank,
        clock=clock,
        floor=Floor(
            address, bank=bank, clock=clock, members=members, vault=wiring.vault(), seed=seed
        ),
        market=DemoMarket(address),
        prices=PriceKeeper(exchange, stores.prices),
        ingest=IngestControl(ingest_address),
        runner=Runner(deployed.app, client("sqs", settings.cloud_url), queues),
    )


def prepare(machinery: Machinery, chosen: argparse.Namespace, progress: Progress) -> list[Linked]:
    """Take the demo from its start to the last full hour of the wall clock; returns who is linked
    at the end."""
    hours = chosen.days * 24
    machinery.ingest.hurry()
    demo = FastForward(cast(chosen.traders), hours, machinery)
    number, start = 0, chosen.start
    while start + _HOUR <= datetime.now(UTC):
        demo.hour(number, start)
        number, start = number + 1, start + _HOUR
        what = f"{len(demo.linked)} accounts, {demo.moves:,} moves recorded, marked, ranked"
        progress.hour(min(number, hours), hours, what)
    progress.end(f"{number} hours, {demo.moves:,} moves, last full hour {start:%H:%M} UTC")
    return demo.linked


def go_live(machinery: Machinery, linked: Sequence[Linked], seed: int) -> LiveDemo:
    """Let exchange time run with the wall clock, ingest forward and the runner poll; returns the
    demo to go on with."""
    usual = LimitSettings().weight_per_minute  # what the demo asked this minute is forgotten
    machinery.bank.post("limits", weight_per_minute=usual, reset=True)
    wiring.use()
    last_hour = machinery.clock.now() - SCHEDULE_DELAY
    machinery.clock.run_from(datetime.now(UTC))
    machinery.ingest.go_live()
    LiveRunner(machinery.runner, wiring.now, last_hour).start()
    return LiveDemo(
        linked,
        bank=machinery.bank,
        clock=machinery.clock,
        market=machinery.market,
        machine_s=time.monotonic,
        dice=Random(seed),
    )


def _keys(linked: Sequence[Linked]) -> Keys:
    """Trading keys by name, those with most USDT to spend first."""
    keys: Keys = {}
    by_money = sorted(linked, key=lambda each: -each.actor.holdings.get(USDT, Decimal(0)))
    for each in by_money:
        name = each.actor.name if each.actor.name not in keys else f"{each.actor.name}/2"
        keys[name] = {"key": each.actor.own_key.api_key, "secret": each.actor.own_key.secret}
    return keys


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main(sys.argv[1:])
