"""`make run`: the whole league on this machine, until Ctrl-C.

This process only starts, watches and ends the others: table store, queues and keys, exchange,
ingest, API, site, and the league's own work (`sandbox.league`: demo, schedules, queue functions).
See `options` for what shapes it.
"""

import os
import signal
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chalicelib.domain.windows import hour_of, hour_start
from sandbox.children import ChildDied, Children, Stopped
from sandbox.cloud import NEUTRAL_AWS, answers, start_local_cloud
from sandbox.exchange.client import AdminClient
from sandbox.options import (
    BadOption,
    Options,
    Ports,
    any_port,
    free_ports,
    from_environment,
)
from sandbox.recorder import recorded
from sandbox.site_build import SiteNotBuilt, built_site
from sandbox.standing import (
    SETTINGS,
    Addresses,
    LeagueRuns,
    alone_in,
    read_keys,
    say_ready,
    write_settings,
)
from sandbox.waiting import WaitedTooLong, wait_until

SECONDS_TO_START = 60
NO_LIMIT = 10**9
HOURS_AHEAD = 14 * 24
"""How far beyond the demo the exchange prepares prices: two weeks of running on."""

BIN = ".venv/bin"

_NOT_OURS = ("AWS_", "LEAGUE_")
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """The exit code: 0 after Ctrl-C, 1 when it could not start or a part died."""
    stop = threading.Event()
    for each in _SIGNALS:
        signal.signal(each, lambda *_: stop.set())
    try:
        options = from_environment()
        with alone_in(options.folder) as anew:
            if anew:
                print("Starting anew: what the last run made is gone.", flush=True)
            _run(options, stop)
    except Stopped:
        print("\nStopped.", flush=True)
        return 0
    except (BadOption, LeagueRuns, ChildDied, SiteNotBuilt, WaitedTooLong) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def _run(options: Options, stop: threading.Event) -> None:
    ports = free_ports(options.ports)
    addresses = _addresses(ports, any_port())
    folder = built_site()
    print("Starting tables, queues, exchange, ingest, API and site", flush=True)
    with Children(options.folder / "logs", environment(), stop) as children:
        start_parts(children, options, ports, addresses, folder)
        prepared = options.folder / "prepared"
        while not prepared.exists():
            children.pause(0.1)
        write_settings(options.folder, children.environment)
        say_ready(options.folder, addresses)
        print(welcome(options.folder, addresses), flush=True)
        while True:
            children.pause(0.5)


def environment() -> dict[str, str]:
    """Our own environment for the children, without any cloud account or league of the user's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)}
    return kept | NEUTRAL_AWS | {"PYTHONUNBUFFERED": "1"}


def _addresses(ports: Ports, ingest_port: int) -> Addresses:
    def at(port: int) -> str:
        return f"http://127.0.0.1:{port}"

    return Addresses(
        site=at(ports.site),
        api=at(ports.api),
        exchange=at(ports.exchange),
        ingest=at(ingest_port),
        tables=at(ports.tables),
        cloud=at(ports.cloud),
    )


def start_parts(
    children: Children, options: Options, ports: Ports, addresses: Addresses, site: Path
) -> None:
    """Start every part, the league's own work last; all but that one answer on return. `site` has
    the site's files.

    Raises ChildDied, Stopped or WaitedTooLong.
    """
    start = hour_start(hour_of(datetime.now(UTC))) - timedelta(days=options.days)
    children.start("exchange", exchange_command(options, ports.exchange, start))
    cloud = start_local_cloud(
        children,
        tables_port=ports.tables,
        cloud_port=ports.cloud,
        folder=options.folder / "tables",
    )
    children.environment |= cloud.settings() | exchange_settings(addresses.exchange)
    children.environment["LEAGUE_SITE_URL"] = addresses.site
    _wait(children, "the exchange", addresses.exchange)
    lift_limits(addresses.exchange)
    children.start("ingest", recorded("ingest", ingest_command(addresses.ingest)))
    children.start("api", recorded("api", api_command(ports.api)))
    children.start("site", site_command(ports.site, addresses, site))
    for name in ("ingest", "api", "site"):
        _wait(children, name, getattr(addresses, name))
    children.start("league", league_command(options, addresses, start), speaks=True)


def _wait(children: Children, name: str, address: str) -> None:
    wait_until(
        lambda: answers(address),
        f"{name} at {address}",
        seconds=SECONDS_TO_START,
        meanwhile=children.check,
    )


def lift_limits(exchange: str) -> None:
    """Let as much be asked as the fast-forward needs, where thousands of exchange minutes pass in
    one of ours. The league sets the usual limits again when it goes live."""
    with closing(AdminClient(exchange)) as operator:
        operator.post("limits", weight_per_minute=NO_LIMIT)


def exchange_settings(address: str) -> dict[str, str]:
    """The LEAGUE_* variables that point the product at the sandbox exchange."""
    socket = address.replace("http://", "ws://")
    return {
        "LEAGUE_BINANCE_API_URL": f"{address}/api",
        "LEAGUE_BINANCE_SAPI_URL": f"{address}/sapi",
        "LEAGUE_BINANCE_WS_API_URL": f"{socket}/ws-api/v3",
        "LEAGUE_BINANCE_STREAM_URL": socket,
        "LEAGUE_CLOCK_URL": f"{address}/sandbox/clock",
    }


def exchange_command(options: Options, port: int, start: datetime) -> list[str]:
    """How to start the exchange, its time standing at `start`."""
    command = _python("sandbox.exchange", "--frozen", "--port", port, "--seed", options.seed)
    command += ["--start", start.isoformat(), "--hours", str(options.days * 24 + HOURS_AHEAD)]
    return command if options.market is None else [*command, "--market", str(options.market)]


def ingest_command(address: str) -> list[str]:
    """How to start the ingest container as a process that can be told to hurry."""
    return _python("ingest_container.main", "--control-port", address.rpartition(":")[2])


def api_command(port: int) -> list[str]:
    """How to start the API: Chalice's own local server."""
    command = [str(Path(sys.executable).parent / "chalice"), "local", "--no-autoreload"]
    return [*command, "--host", "127.0.0.1", "--port", str(port), "--stage", "sandbox"]


def site_command(port: int, addresses: Addresses, folder: Path) -> list[str]:
    """How to start the site server on the files in `folder`."""
    where = ["--api", addresses.api, "--exchange", addresses.exchange, "--cloud", addresses.cloud]
    return [*_python("sandbox.site", "--port", port), *where, str(folder)]


def league_command(options: Options, addresses: Addresses, start: datetime) -> list[str]:
    """How to start the league's own work."""
    command = _python("sandbox.league", "--folder", options.folder, "--start", start.isoformat())
    command += ["--days", str(options.days), "--traders", str(options.traders)]
    command += ["--seed", str(options.seed), "--exchange", addresses.exchange]
    return [*command, "--ingest", addresses.ingest, "--api", addresses.api]


def _python(module: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", module, *(str(each) for each in arguments)]


def welcome(folder: Path, addresses: Addresses) -> str:
    """What is said when all is ready."""
    keys = read_keys(folder)
    name = next(iter(keys))
    lines = [
        f"READY {addresses.site}",
        "",
        f"Sign in as {name}, password {keys[name]['password']}",
        f"All {len(keys)} demo accounts, with passwords and their own keys at the sandbox exchange,"
        f" are in {folder / 'traders.json'}",
        "Trade by hand; signed in, it is in the list of trades and in the balance within seconds:",
        f"  {BIN}/python -m sandbox.trade {name} BUY BTCUSDT 100",
        f"  {addresses.site}/t/{name}",
        "Close the hour to see the rank move: make hour",
        "Come in yourself, with an account of your own: docs/one-machine.md#come-in-yourself",
        f"Letters (codes for sign-up and the like) arrive at {addresses.site}/sandbox/inbox",
        f"Look inside: {BIN}/python -m chalicelib.entrypoints.operate --settings"
        f" {folder / SETTINGS} status",
        f"The exchange is at {addresses.exchange}, logs are in {folder / 'logs'}.",
        "Ctrl-C stops everything.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
