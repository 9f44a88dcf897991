"""Trade by hand as a demo trader on the running sandbox exchange.

    python -m sandbox.trade NAME BUY BTCUSDT 100     spend 100 USDT on BTC
    python -m sandbox.trade NAME SELL BTCUSDT 100    sell BTC for about 100 USDT

The amount counts in the pair's quote asset. Keys are read from the running league's folder.
"""

import sys
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal, InvalidOperation
from pathlib import Path

from chalicelib.domain.money import plain
from sandbox.exchange.client import Answer, SandboxRefusal, SignedClient
from sandbox.options import BadOption, from_environment
from sandbox.standing import NoLeague, read_keys, running_league


class BadOrder(Exception):
    """An order that cannot be placed; the message says why."""


def place(folder: Path, name: str, side: str, symbol: str, amount: str) -> Answer:
    """The exchange's answer to a market order of the demo trader `name`.

    Raises BadOrder, NoLeague, and OSError when the exchange is gone.
    """
    if side.upper() not in ("BUY", "SELL"):
        raise BadOrder(f"{side!r} is neither BUY nor SELL")
    keys = read_keys(folder)
    if name not in keys:
        raise BadOrder(f"no demo trader {name!r}; there are {', '.join(sorted(keys))}")
    own = keys[name]
    address = running_league(folder).exchange
    with closing(SignedClient(address, own["key"], own["secret"])) as client:
        try:
            return client.market_order(side.upper(), symbol.upper(), quote=_amount(amount))
        except SandboxRefusal as refusal:
            answer = refusal.answer
            reason = answer.get("msg") if isinstance(answer, dict) else answer
            raise BadOrder(f"the exchange refused: {reason}") from refusal


def _amount(text: str) -> str:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise BadOrder(f"{text!r} is no amount above 0")
    return plain(amount)


def summary(name: str, answer: Answer) -> str:
    """One line that says what was done."""
    quantity, quote = Decimal(answer["executedQty"]), Decimal(answer["cummulativeQuoteQty"])
    average = plain((quote / quantity).quantize(Decimal("0.00000001"))) if quantity else "–"
    return (
        f"{name} {answer['side']} {plain(quantity)} {answer['symbol']} at {average} "
        f"({plain(quote)} in {len(answer['fills'])} fills, order {answer['orderId']})"
    )


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 when the order was carried out."""
    if len(arguments) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    name, side, symbol, amount = arguments
    try:
        answer = place(from_environment().folder, name, side, symbol, amount)
    except (BadOrder, BadOption, NoLeague, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(summary(name, answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
