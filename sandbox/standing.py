"""What a running league says of itself in its folder, for the commands beside it.

`lock` is held while `make run` lives; `league.json` has addresses; `traders.json` has the demo
traders' passwords and own keys, for this machine's owner alone; `settings.json` points the
operator's command at the league.
"""

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

SETTINGS = "settings.json"
_MADE_BY_A_RUN = ("tables", "logs", "league.json", "traders.json", "prepared", SETTINGS)

Keys: TypeAlias = dict[str, dict[str, str]]
"""By a trader's name: his `key` and `secret` for trading on the sandbox exchange, and the
`password` that he signs in to the league with."""


class NoLeague(Exception):
    """No league runs in that folder; the message says what to do."""


class LeagueRuns(Exception):
    """Another `make run` is alive in that folder."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the parts of a running league answer."""

    site: str
    api: str
    exchange: str
    ingest: str
    tables: str
    cloud: str = ""


@contextmanager
def alone_in(folder: Path) -> Iterator[bool]:
    """Hold the folder, emptied of what an earlier run left; yields whether there was anything.

    Raises LeagueRuns when another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LeagueRuns(f"a league already runs from {folder}: stop it first") from error
        yield _wipe(folder)
        (folder / "league.json").unlink(missing_ok=True)


def _wipe(folder: Path) -> bool:
    """Delete what a run makes, and nothing else that lies there."""
    left = [folder / name for name in _MADE_BY_A_RUN if (folder / name).exists()]
    for each in left:
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink()
    return bool(left)


def say_ready(folder: Path, addresses: Addresses) -> None:
    """Tell the commands beside this run that the league is up."""
    _write(folder / "league.json", asdict(addresses))


def running_league(folder: Path) -> Addresses:
    """Where the running league answers. Raises NoLeague when none is up."""
    try:
        found = json.loads((folder / "league.json").read_text())
        with (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return Addresses(**found)
    except FileNotFoundError:
        pass
    raise NoLeague(f"no league runs from {folder}: start one with `make run` and wait for READY")


def write_settings(folder: Path, environment: Mapping[str, str]) -> None:
    """Leave the product's settings, out of a part's environment, for the operator's command."""
    own = {name: text for name, text in environment.items() if name.startswith("LEAGUE_")}
    _write(folder / SETTINGS, own)


def write_keys(folder: Path, keys: Keys) -> None:
    """Leave the demo traders' trading keys for `sandbox.trade`."""
    _write(folder / "traders.json", keys)


def read_keys(folder: Path) -> Keys:
    """The demo traders' trading keys. Raises NoLeague when there are none."""
    try:
        found: Keys = json.loads((folder / "traders.json").read_text())
    except FileNotFoundError as error:
        raise NoLeague(f"no demo traders in {folder}: start them with `make run`") from error
    return found


def _write(path: Path, content: Mapping[str, object]) -> None:
    """Whole or not at all, readable by the owner alone."""
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(content, indent=1))
    draft.replace(path)
