"""The operator's command: look into a league and act on it, on AWS or on this machine.

python -m chalicelib.entrypoints.operate --settings .sandbox/settings.json status
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from chalicelib import config, operating, wiring
from chalicelib.domain.errors import LeagueError
from chalicelib.domain.switches import MEANS
from chalicelib.domain.windows import BY_NAME
from chalicelib.entrypoints import operate_acts as acts
from chalicelib.entrypoints.operate_block import KINDS, block_of_file, stored_block
from chalicelib.entrypoints.operate_corrections import corrections
from chalicelib.entrypoints.operate_rank import rank
from chalicelib.entrypoints.operate_status import status
from chalicelib.entrypoints.operate_text import as_hour
from chalicelib.entrypoints.operate_trader import trader

_LAST_HOUR = 9_999_999
_QUEUES = ("events", "tasks")
_ABOUT = """\
Look into a league and act on it. Reading changes nothing; every act is kept with who, what and
why (see `acts`). It works on the league that the settings point at: LEAGUE_* in the environment,
or the same names in a JSON file. `make run` writes one to .sandbox/settings.json; of a league on
AWS it is what a function has:

  aws lambda get-function-configuration --function-name NAME \\
      --query Environment.Variables > settings.json

Hours are written like 2026-03-01T12, in UTC."""

Do = Callable[[argparse.Namespace], Iterator[str]]


def main(arguments: Sequence[str]) -> int:
    """The exit code: 2 for what cannot be done, which one sentence says."""
    asked = parser().parse_args(arguments)
    try:
        if asked.settings is not None:
            wiring.point_at(config.read_file(asked.settings))
        for line in asked.do(asked):
            print(line)
    except LeagueError as error:
        print(f"operate: {error}", file=sys.stderr)
        return 2
    except operating.outside_errors() as error:
        print(f"operate: AWS does not do it: {error}", file=sys.stderr)
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    made = argparse.ArgumentParser(
        prog="operate", description=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--settings", type=Path, metavar="FILE", help="instead of the environment")
    commands = made.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _reads(commands)
    _acts(commands)
    _rebuilds(commands)
    return made


_Commands = argparse._SubParsersAction  # it has no public name


def _reads(commands: "_Commands[argparse.ArgumentParser]") -> None:
    _command(commands, "status", "how the league stands, on one screen", lambda _: status())
    one = _command(
        commands, "trader", "one trader from his keys to the board; amounts with --reveal", _trader
    )
    one.add_argument("name")
    _reveal(one)
    one = _command(
        commands, "rank", "the marks, flows and factors behind a number and a rank", _rank
    )
    one.add_argument("name")
    one.add_argument("--window", choices=list(BY_NAME), default="24h")
    one.add_argument("--hour", type=as_hour, help="of the last three days; else the newest board's")
    _reveal(one)
    one = _command(commands, "block", "a stored block as a table (with balances)", _block)
    one.add_argument("number", type=int, nargs="?", help="of the block: seat // 256")
    one.add_argument("kind", choices=list(KINDS), nargs="?")
    one.add_argument("hour", type=as_hour, nargs="?", help="of a day: its first hour")
    one.add_argument("--file", type=Path, help="bytes of a block, as they are or in base64")
    _why(one, required=False)
    one = _command(commands, "corrections", "what late events corrected", _corrections)
    whose = one.add_mutually_exclusive_group(required=True)
    whose.add_argument("--shard", type=int, help="everyone of this shard")
    whose.add_argument("--trader", metavar="NAME", help="one trader")
    one.add_argument("--from", dest="first", type=as_hour, default=0, metavar="HOUR")
    one.add_argument("--to", dest="last", type=as_hour, default=_LAST_HOUR, metavar="HOUR")
    one = _command(
        commands, "dead-letters", "what they are about", lambda a: acts.dead_letters(a.queue)
    )
    one.add_argument("queue", choices=_QUEUES)
    one = _command(commands, "acts", "what operators did", lambda a: acts.acts(a.month))
    one.add_argument("--month", default=f"{datetime.now(UTC):%Y-%m}", help="like 2026-03")


def _acts(commands: "_Commands[argparse.ArgumentParser]") -> None:
    one = _command(commands, "switch", "list the switches, set one, or take it back", _switch)
    one.add_argument("name", nargs="?", help=", ".join(each.value for each in MEANS))
    one.add_argument("value", nargs="?", help="on, off; of the banner: its text, or off")
    _why(one, required=False)
    one = _command(
        commands,
        "tick",
        "go on with the last full hour's run, as the schedule does",
        lambda a: acts.tick(a.why, a.who),
    )
    _why(one)
    one = _command(
        commands,
        "reconcile",
        "have an account's books compared with the exchange's",
        lambda a: acts.reconcile(a.account, a.why, a.who),
    )
    one.add_argument("account", metavar="ACCOUNT", help="its id, as `trader` shows it")
    _why(one)
    one = _command(
        commands,
        "drain",
        "move the dead letters of a queue into a file",
        lambda a: acts.drain(a.queue, a.to, a.why, a.who),
    )
    one.add_argument("queue", choices=_QUEUES)
    one.add_argument("--to", type=Path, required=True, metavar="FILE", help="a new one")
    _why(one)
    one = _command(
        commands,
        "redrive",
        "put dead letters back into their queue",
        lambda a: acts.redrive(a.queue, a.source, a.why, a.who),
    )
    one.add_argument("queue", choices=_QUEUES)
    one.add_argument("--from", dest="source", type=Path, metavar="FILE", help="what was drained")
    _why(one)


def _rebuilds(commands: "_Commands[argparse.ArgumentParser]") -> None:
    one = _command(
        commands,
        "rebuild-hour",
        "mark the newest hour again, late events included, and rank it as the next revision",
        lambda a: acts.rebuild_hour(a.hour, a.why, a.who),
    )
    one.add_argument("hour", type=as_hour, nargs="?", help="to be sure which one it is")
    _why(one)
    one = _command(
        commands,
        "bring-back",
        "after a loss: put back what is missing, out of a restored copy of a table",
        lambda a: acts.bring_back(a.table, a.source, a.why, a.who),
    )
    one.add_argument("table", help="ledger, accounts, traders, history or jobs")
    one.add_argument("--from", dest="source", required=True, metavar="TABLE", help="its full name")
    _why(one)
    one = _command(
        commands,
        "rebuild-holdings",
        "after a loss: make missing holdings rows from ledger and accounts",
        lambda a: acts.rebuild_holdings(a.why, a.who),
    )
    _why(one)
    one = _command(
        commands,
        "rebuild-seats",
        "after a loss: set who sits where from profiles and accounts",
        lambda a: acts.rebuild_seats(a.why, a.who),
    )
    _why(one)
    one = _command(
        commands,
        "rebuild-history",
        "after a loss: mark hours again from the ledger, and rank the last three days",
        lambda a: acts.rebuild_history(a.first, a.last, a.why, a.who),
    )
    one.add_argument("--from", dest="first", type=as_hour, metavar="HOUR", help="else all")
    one.add_argument("--to", dest="last", type=as_hour, metavar="HOUR", help="else the last one")
    _why(one)


def _command(
    commands: "_Commands[argparse.ArgumentParser]", name: str, what: str, do: Do
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=what, description=what)
    made.set_defaults(do=do)
    return made


def _why(command: argparse.ArgumentParser, *, required: bool = True) -> None:
    command.add_argument("--why", required=required, help="a few words, which are kept")
    command.add_argument("--who", help="else the user of this machine")


def _reveal(command: argparse.ArgumentParser) -> None:
    command.add_argument("--reveal", action="store_true", help="amounts too; needs --why")
    _why(command, required=False)


def _noted(asked: argparse.Namespace, what: str) -> None:
    """Looking at somebody's money is an act too."""
    acts.note(what, asked.why or "", asked.who)


def _trader(asked: argparse.Namespace) -> Iterator[str]:
    lines = trader(asked.name, reveal=asked.reveal)
    if asked.reveal:
        _noted(asked, f"trader {asked.name} --reveal")
    return lines


def _rank(asked: argparse.Namespace) -> Iterator[str]:
    lines = rank(asked.name, asked.window, asked.hour, reveal=asked.reveal)
    if asked.reveal:
        _noted(asked, f"rank {asked.name} --reveal")
    return lines


def _block(asked: argparse.Namespace) -> Iterator[str]:
    if asked.file is not None:
        return block_of_file(asked.file)
    if asked.number is None or asked.kind is None or (asked.hour is None and asked.kind != "slow"):
        parser().error("block: say NUMBER KIND HOUR, or --file FILE")
    kind = KINDS[asked.kind]
    at = (asked.hour or 0) // 24 if asked.kind == "day" else asked.hour or 0
    lines = stored_block(asked.number, kind, at)
    _noted(asked, f"block {asked.number} {asked.kind}")
    return lines


def _corrections(asked: argparse.Namespace) -> Iterator[str]:
    return corrections(asked.shard, asked.trader, asked.first, asked.last)


def _switch(asked: argparse.Namespace) -> Iterator[str]:
    if asked.name is None:
        return acts.switches()
    if asked.value is None:
        parser().error("switch: say NAME VALUE, or nothing to list them")
    return acts.set_switch(asked.name, asked.value, asked.why or "", asked.who)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
