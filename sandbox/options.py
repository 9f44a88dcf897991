"""What shapes `make run`: ports, the demo, and the folder that holds a running league.

Read from the environment: SITE_PORT, API_PORT, EXCHANGE_PORT, TABLES_PORT, CLOUD_PORT (0 takes
any free port), TRADERS, DAYS, SEED, MARKET, SANDBOX_FOLDER.
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEAST_TRADERS = 1
MOST_DAYS = 366


class BadOption(Exception):
    """An environment variable that `make run` cannot use; the message names it."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where each part listens on 127.0.0.1; 0 means any free port."""

    site: int = 8080
    api: int = 8081
    exchange: int = 8082
    tables: int = 8083
    cloud: int = 8084


@dataclass(frozen=True, slots=True)
class Options:
    """The shape of one run."""

    ports: Ports = Ports()
    traders: int = 48
    days: int = 32
    seed: int = 1
    market: Path | None = None
    folder: Path = ROOT / ".sandbox"


def from_environment(environment: Mapping[str, str] = os.environ) -> Options:
    """The options, defaults where nothing is set. Raises BadOption naming variable and value."""
    ports = {
        each.name: _whole(environment, f"{each.name.upper()}_PORT", each.default, 0, 65535)
        for each in fields(Ports)
    }
    market = environment.get("MARKET") or None
    if market is not None and not Path(market).is_dir():
        raise BadOption(f"MARKET={market}: no such folder")
    folder = environment.get("SANDBOX_FOLDER") or Options().folder
    return Options(
        ports=Ports(**ports),
        traders=_whole(environment, "TRADERS", Options().traders, LEAST_TRADERS, 4096),
        days=_whole(environment, "DAYS", Options().days, 1, MOST_DAYS),
        seed=_whole(environment, "SEED", Options().seed, 0, 2**31),
        market=Path(market).resolve() if market else None,
        folder=Path(folder).resolve(),
    )


def _whole(environment: Mapping[str, str], name: str, default: object, low: int, high: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise BadOption(f"{name}={text}: must be a whole number from {low} to {high}")
    return int(text)


def free_ports(ports: Ports) -> Ports:
    """`ports` with each 0 replaced by a free port. Raises BadOption naming a busy one."""
    held: list[socket.socket] = []
    chosen: dict[str, int] = {}
    try:
        for each in fields(Ports):
            wanted = getattr(ports, each.name)
            holder = socket.socket()
            held.append(holder)
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                holder.bind(("127.0.0.1", wanted))
            except OSError as error:
                name = f"{each.name.upper()}_PORT"
                raise BadOption(
                    f"port {wanted} is busy: stop what listens there, or set {name} to another"
                ) from error
            chosen[each.name] = holder.getsockname()[1]
    finally:
        for holder in held:
            holder.close()
    return replace(ports, **chosen)


def any_port() -> int:
    """A port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port: int = holder.getsockname()[1]
    return port
