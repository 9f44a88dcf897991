"""Starts the container: `python -m ingest_container.main`, settings from the environment.

SIGTERM and SIGINT stop it: other containers take over what it does, what has come in is sent,
then it exits with 0 (1 when the queue would not take the rest in time).
"""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from threading import Event
from types import FrameType

from chalicelib import wiring
from chalicelib.domain.errors import InvalidRequest
from ingest_container.control import ControlDoor
from ingest_container.outside import Outside
from ingest_container.supervisor import Supervisor

_SEND_WITHIN_S = 20  # with the handing over (rota.py) below the 120 s after which Fargate kills

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str]) -> int:
    """The exit code: 2 for a bad setting, which is named."""
    asked = _parser().parse_args(arguments)
    try:
        return _run(asked)
    except InvalidRequest as error:
        print(error, file=sys.stderr)
        return 2


def _run(asked: argparse.Namespace) -> int:
    if asked.control_port is not None and wiring.settings().stage != "sandbox":
        raise InvalidRequest("--control-port: only the sandbox may be driven from outside")
    outside = outside_of_wiring()
    supervisor = Supervisor(outside)
    if asked.check:
        outside.price_stream()  # else built when the container takes the prices up
        print("ingest: all parts can be built")
        return 0
    stopping = Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    door = None if asked.control_port is None else ControlDoor(supervisor, asked.control_port)
    supervisor.start()
    _log.info("started", extra={"container": supervisor.container})
    stopping.wait()
    if door is not None:
        door.close()
    return 0 if supervisor.stop(asked.send_within) else 1


def outside_of_wiring() -> Outside:
    """The real outside. Raises InvalidRequest for a bad setting."""
    stores = wiring.stores()
    return Outside(
        exchange_name=wiring.EXCHANGE,
        exchange=wiring.exchange(),
        contact=wiring.contact(),
        conditions=stores.conditions,
        accounts=stores.accounts,
        ledger=stores.ledger,
        holdings=stores.holdings,
        doubts=stores.doubts,
        leases=stores.leases,
        prices=stores.prices,
        events=wiring.events(),
        vault=wiring.vault(),
        imports=stores.imports,
        desk=wiring.desk(),
        user_stream=wiring.user_stream,
        price_stream=wiring.price_stream,
        now=wiring.now,
        machine=wiring.machine_now,
        share_weight=wiring.share_weight,
        paused=lambda switch: wiring.switches().is_paused(switch),
        weight_used=lambda: wiring.budget().share_used(),
        metrics=wiring.metrics(),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest_container.main", description="Streams accounts into the league."
    )
    parser.add_argument(
        "--control-port", type=int, help="sandbox only: a door on loopback (see control.py)"
    )
    parser.add_argument(
        "--send-within",
        type=float,
        default=_SEND_WITHIN_S,
        metavar="SECONDS",
        help="how long the queue may refuse the rest when it stops (default: %(default)s)",
    )
    parser.add_argument(
        "--check", action="store_true", help="build all parts, reach out to nobody, exit"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
