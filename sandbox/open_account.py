"""Open an account of your own at the running sandbox exchange.

    python -m sandbox.open_account NAME USDT=5000 BTC=0.1
    python -m sandbox.open_account NAME USDT=5000 BTC=0.1 --days 30    opened 30 days ago

Prints, as the JSON that the league's POST /me/accounts takes, a key that may only read. The key
that trades is kept for `python -m sandbox.trade NAME …`.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from decimal import Decimal, InvalidOperation
from pathlib import Path

from chalicelib.domain.money import plain
from sandbox.entrance import EXCHANGE
from sandbox.exchange.accounts import MOST_DAYS_AGO
from sandbox.exchange.client import AdminClient
from sandbox.options import BadOption, from_environment
from sandbox.standing import Keys, NoLeague, read_keys, running_league, write_keys


class BadAccount(Exception):
    """An account that cannot be opened; the message says why."""


def open_account(
    folder: Path, name: str, balances: Mapping[str, str], days_ago: int = 0
) -> dict[str, str]:
    """What the league asks of who links it. Raises BadAccount, NoLeague, OSError."""
    address = running_league(folder).exchange
    keys: Keys = {}
    with suppress(NoLeague):
        keys = read_keys(folder)
    if name in keys:
        raise BadAccount(f"there is an account of {name!r} already; trade with it, or say another")
    with closing(AdminClient(address)) as bank:
        opened = bank.open_account(balances, days_ago=days_ago)
        trading = bank.add_key(int(opened["uid"]), spot_and_margin_trading=True)
    own = {"key": str(trading["key"]), "secret": str(trading["secret"])}
    write_keys(folder, keys | {name: own})
    return {
        "exchange": EXCHANGE,
        "api_key": str(opened["key"]),
        "secret": str(opened["secret"]),
    }


def balances_of(words: Sequence[str]) -> dict[str, str]:
    """Quantities by coin of words like USDT=5000. Raises BadAccount."""
    balances: dict[str, str] = {}
    for word in words:
        coin, _, text = word.partition("=")
        try:
            quantity = Decimal(text)
        except InvalidOperation:
            quantity = Decimal(0)
        if not coin or not quantity.is_finite() or quantity <= 0:
            raise BadAccount(f"{word!r} is no quantity of a coin, like USDT=5000")
        balances[coin.upper()] = plain(quantity)
    if not balances:
        raise BadAccount("say what lies in it, like USDT=5000")
    return balances


def days_of(words: Sequence[str]) -> tuple[list[str], int]:
    """The words before `--days N`, and N; 0 without it. Raises BadAccount."""
    if "--days" not in words:
        return list(words), 0
    at = words.index("--days")
    told = "".join(words[at + 1 :])
    if not (told.isascii() and told.isdigit() and int(told) <= MOST_DAYS_AGO):
        raise BadAccount(f"after --days comes a number of days, at most {MOST_DAYS_AGO}")
    return list(words[:at]), int(told)


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 when the account is open."""
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    name, *words = arguments
    try:
        words, days_ago = days_of(words)
        link = open_account(from_environment().folder, name, balances_of(words), days_ago)
    except (BadAccount, BadOption, NoLeague, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(link))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
