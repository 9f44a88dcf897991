"""`python -m sandbox.exchange`: one sandbox exchange until it is told to stop.

Prints one line with its address when it is ready.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sandbox.exchange.candle_files import CandleFileError
from sandbox.exchange.candle_folder import folder_market
from sandbox.exchange.clock import machine_ms
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.market import Market
from sandbox.exchange.server import SandboxServer
from sandbox.exchange.synthetic import synthetic_market


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.exchange", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=1, help="prices, keys and secrets follow it")
    parser.add_argument("--start", type=read_time, help="exchange time to begin at, ISO 8601 UTC")
    parser.add_argument("--hours", type=int, default=24 * 40, help="how far prices are prepared")
    parser.add_argument("--market", type=Path, help="a folder of 1 h candles to trade on")
    parser.add_argument("--frozen", action="store_true", help="exchange time moves only by hand")
    return parser.parse_args(arguments)


def read_time(text: str) -> int:
    """Epoch milliseconds of an ISO time; UTC where it names no zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


def make_market(folder: Path | None, seed: int, *, start: int, hours: int) -> Market:
    """The recorded candles of `folder`, or a market made from the seed.

    Raises CandleFileError for a folder that cannot be used.
    """
    if folder is None:
        return synthetic_market(seed, start=start, hours=hours)
    return folder_market(folder, seed, start=start, hours=hours)


async def serve(chosen: argparse.Namespace) -> None:
    start = machine_ms() if chosen.start is None else chosen.start
    exchange = Exchange(
        make_market(chosen.market, chosen.seed, start=start, hours=chosen.hours),
        seed=chosen.seed,
        start=start,
        running=not chosen.frozen,
    )
    server = SandboxServer(exchange)
    await server.start(chosen.port)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    print(f"sandbox exchange on {server.address}", flush=True)
    await stopped.wait()
    await server.stop()


def main() -> None:
    chosen = read_arguments(sys.argv[1:])
    try:
        asyncio.run(serve(chosen))
    except CandleFileError as problem:
        sys.exit(f"--market: {problem}")
    except OSError as problem:
        sys.exit(f"cannot listen on port {chosen.port}: {problem}")


if __name__ == "__main__":
    main()
