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

import app as deployed
from chalicelib import wiring
from sandbox.cloud import client
from sandbox.demo import cast
from sandbox.demo_moves import USDT
from sandbox.entrance import HttpDoor
from sandbox.exchange.limits import LimitSettings
from sandbox.fast_forward import FastForward
from sandbox.floor import Linked
from sandbox.ingest_control import IngestControl
from sandbox.live_demo import LiveDemo
from sandbox.machinery import Machinery, assemble
from sandbox.progress import Progress
from sandbox.recorder import record_as
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
    parser.add_argument("--api", required=True)
    chosen = parser.parse_args(arguments)
    record_as(None)
    progress = Progress()
    progress.say("Bringing demo traders together")
    ingest, runner = IngestControl(chosen.ingest), _runner()
    ingest.hurry()
    machinery = assemble(
        chosen.exchange,
        stores=wiring.stores(),
        door=HttpDoor(chosen.api, str(wiring.settings().cloud_url)),
        exchange=wiring.exchange(),
        ingest=ingest,
        runner=runner,
        seed=chosen.seed,
    )
    wiring.use(now=machinery.clock.now)
    linked = prepare(machinery, chosen, progress)
    write_keys(chosen.folder, _keys(linked))
    wiring.use()
    last_hour = machinery.clock.now() - SCHEDULE_DELAY
    run_on(machinery)
    ingest.go_live()
    LiveRunner(runner, wiring.now, last_hour).start()
    (chosen.folder / "prepared").touch()
    trade_on(machinery, linked, chosen.seed)


def _runner() -> Runner:
    settings = wiring.settings()
    queues = {"events": settings.events_queue, "tasks": settings.tasks_queue}
    return Runner(deployed.app, client("sqs", settings.cloud_url), queues)


def prepare(machinery: Machinery, chosen: argparse.Namespace, progress: Progress) -> list[Linked]:
    """Take the demo from its start to the last full hour of the wall clock; returns who is linked
    at the end."""
    hours = chosen.days * 24
    demo = FastForward(cast(chosen.traders), hours, machinery)
    number, start = 0, chosen.start
    while start + _HOUR <= datetime.now(UTC):
        demo.hour(number, start)
        number, start = number + 1, start + _HOUR
        what = f"{len(demo.linked)} accounts traded, marked, ranked · {demo.moves:,} moves"
        progress.hour(min(number, hours), hours, what)
    demo.finish()
    progress.end(f"{number} hours, {demo.moves:,} moves, last full hour {start:%H:%M} UTC")
    return demo.linked


def run_on(machinery: Machinery) -> None:
    """Let exchange time run with the wall clock, under the exchange's usual limits; what the demo
    asked in this minute is forgotten."""
    usual = LimitSettings().weight_per_minute
    machinery.bank.post("limits", weight_per_minute=usual, reset=True)
    machinery.clock.run_from(datetime.now(UTC))


def trade_on(machinery: Machinery, linked: Sequence[Linked], seed: int) -> None:
    """Let the demo traders go on; never returns."""
    demo = LiveDemo(
        linked,
        bank=machinery.bank,
        clock=machinery.clock,
        market=machinery.market,
        machine_s=time.monotonic,
        dice=Random(seed),
    )
    for_ever = threading.Event()
    while not for_ever.wait(1.0):
        demo.step()


def _keys(linked: Sequence[Linked]) -> Keys:
    """Passwords and trading keys by name, those with most USDT to spend first."""
    keys: Keys = {}
    by_money = sorted(linked, key=lambda each: -each.actor.holdings.get(USDT, Decimal(0)))
    for each in by_money:
        name = each.actor.name if each.actor.name not in keys else f"{each.actor.name}/2"
        own = each.actor.own_key
        keys[name] = {"key": own.api_key, "secret": own.secret, "password": each.member.password}
    return keys


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main(sys.argv[1:])
