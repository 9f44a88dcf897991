"""`make hour`: beside a running league, close the next hour.

Exchange time jumps to the next full hour and runs on from there; the league's own schedules do
the rest. Returns when the board of that hour is out.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

import requests

from chalicelib.domain.windows import hour_of, hour_start
from sandbox.exchange.client import AdminClient
from sandbox.options import BadOption, from_environment
from sandbox.standing import NoLeague, running_league
from sandbox.waiting import WaitedTooLong, wait_until

SECONDS_FOR_A_BOARD = 60


def close_hour(folder: Path) -> datetime:
    """The full hour whose board is out now.

    Raises NoLeague, OSError when a part does not answer, WaitedTooLong when the board does not
    come.
    """
    addresses = running_league(folder)
    clock = AdminClient(addresses.exchange)
    try:
        now = datetime.fromtimestamp(clock.now() / 1000, UTC)
        closed = hour_start(hour_of(now) + 1)
        clock.set_time(int(closed.timestamp() * 1000))
    finally:
        clock.close()
    wait_until(
        lambda: board_hour(addresses.site) == closed,
        f"the board of {closed:%Y-%m-%d %H:%M} UTC",
        seconds=SECONDS_FOR_A_BOARD,
        every=0.2,
    )
    return closed


def board_hour(site: str) -> datetime | None:
    """The hour of the board that the site shows; None before the first."""
    answer = requests.get(f"{site}/api/board", params={"limit": 1}, timeout=10)
    answer.raise_for_status()
    as_of = answer.json()["as_of"]
    return datetime.fromisoformat(as_of) if as_of else None


def main() -> int:
    """The exit code: 0 when the board is out."""
    try:
        closed = close_hour(from_environment().folder)
    except (BadOption, NoLeague, OSError, WaitedTooLong) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The hour of {closed:%Y-%m-%d %H:%M} UTC is closed and its board is out.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
