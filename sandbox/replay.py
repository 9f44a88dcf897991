"""`python -m sandbox.replay FILE`: one timeline through the league's own return code.

For auditors of the rules: reads marks, flows and prices from a JSON file, prints the numbers of
its window as one JSON object. A file that cannot be used: exit code 2 and one line on standard
error that says which entry and why. The file's form is read by `timeline_file.py`.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np

from chalicelib.domain.columns import Floats
from chalicelib.domain.errors import LeagueError
from chalicelib.domain.league_number import LeagueNumbers, league_numbers
from chalicelib.domain.market import USDT, PriceList, underlying
from chalicelib.domain.money import EXACT, Asset, plain
from chalicelib.domain.performance import Chain, Point, after_flow, at_value, first_mark, pnl
from chalicelib.domain.valuation import together, valuation
from sandbox.timeline_file import EPOCH, Mark, Rejected, TimelineFile, price_lists, read_timeline

OLDEST_BASE = Decimal("-1.5")
_LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class Step:
    """One mark: its hour, the value just before its flow, the flow, and the index there."""

    hour: Decimal
    value: Decimal
    net_flow: Decimal
    index: float


def main(arguments: Sequence[str]) -> int:
    """Print the numbers of the file named; returns the exit code."""
    if len(arguments) != 1:
        return _refuse("usage: python -m sandbox.replay FILE")
    try:
        text = Path(arguments[0]).read_text(encoding="utf-8")
        print(json.dumps(replay(read_timeline(text))))
    except OSError as error:
        return _refuse(f"{arguments[0]!r} cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return _refuse(f"{arguments[0]!r} is not UTF-8 text")
    except LeagueError as error:
        return _refuse(str(error))
    except ArithmeticError:
        return _refuse("the numbers grow beyond what can be computed")
    return 0


def _refuse(reason: str) -> int:
    print(reason[:_LONGEST_LINE], file=sys.stderr)
    return 2


def replay(timeline: TimelineFile) -> dict[str, str | bool | None]:
    """PnL, TWR, MWR, the shown number and its flag, as text; null where the rules say so.

    Raises Rejected, naming the entry, for a holding below 0, a flow of an account that never
    appeared, and an asset without a price.
    """
    with localcontext(EXACT):
        steps = list(_steps(timeline))
        base = next((each for each in reversed(steps) if each.hour <= 0), None)
        if base is None or base.hour < OLDEST_BASE:
            return dict.fromkeys(("pnl_usdt", "twr_pct", "mwr_pct", "shown_pct")) | {
                "capped": False
            }
        inside = [each for each in steps if base.hour <= each.hour < timeline.window_hours]
        gain = pnl(base.value, steps[-1].value, sum((each.net_flow for each in inside), Decimal(0)))
        found = _numbers(base, inside, steps[-1])
        return {
            "pnl_usdt": plain(gain),
            "twr_pct": _eight(float(found.twr[0])),
            "mwr_pct": _eight(float(found.mwr[0])),
            "shown_pct": _two(found),
            "capped": bool(found.capped[0]),
        }


def _steps(timeline: TimelineFile) -> Iterator[Step]:
    """The marks of the timeline from the first that names an account on, with the index."""
    held: dict[str, dict[Asset, Decimal]] = {}
    chain: Chain | None = None
    for mark, prices in zip(timeline.marks, price_lists(timeline), strict=True):
        linking = set(mark.accounts) - set(held) if chain is not None and mark.hour > 0 else set()
        held |= mark.accounts
        stay = {name: quantities for name, quantities in held.items() if name not in linking}
        value = _worth(mark, stay, prices)
        held = _after_flows(mark, held)
        net_flow = _worth(mark, held, prices) - value
        if not held:
            continue
        chain = first_mark(float(value)) if chain is None else at_value(chain, float(value))
        yield Step(mark.hour, value, net_flow, chain.index)
        if net_flow:
            chain = after_flow(chain, Point(EPOCH, value, net_flow))


def _after_flows(
    mark: Mark, held: Mapping[str, Mapping[Asset, Decimal]]
) -> dict[str, dict[Asset, Decimal]]:
    after = {name: dict(quantities) for name, quantities in held.items()}
    for flow in mark.flows:
        if flow.account not in after:
            raise Rejected(f"{flow.entry}: unknown account {flow.account!r}")
        quantities = after[flow.account]
        quantities[flow.asset] = quantities.get(flow.asset, Decimal(0)) + flow.quantity
    for name, quantities in after.items():
        for asset, quantity in quantities.items():
            if quantity < 0:
                raise Rejected(
                    f"{mark.entry}: its flows leave {plain(quantity)} {asset} in account {name!r}"
                )
    return after


def _worth(mark: Mark, held: Mapping[str, Mapping[Asset, Decimal]], prices: PriceList) -> Decimal:
    portfolio = together(held.values())
    for asset in portfolio:
        coin = underlying(asset, prices)
        if coin != USDT and coin not in prices.assets:
            raise Rejected(f"{mark.entry}: {asset} has no price")
    return valuation(portfolio, prices, EPOCH).value


def _numbers(base: Step, inside: Sequence[Step], end: Step) -> LeagueNumbers:
    length = end.hour - base.hour
    flows = [(each.net_flow, (end.hour - each.hour) / length) for each in inside]

    def one(number: Decimal | float) -> Floats:
        return np.array([float(number)])

    return league_numbers(
        v_start=one(base.value),
        v_end=one(end.value),
        i_start=one(base.index),
        i_end=one(end.index),
        net_flow=one(sum((flow for flow, _ in flows), Decimal(0))),
        weighted_flow=one(sum((flow * left for flow, left in flows), Decimal(0))),
        deposits=one(sum((flow for flow, _ in flows if flow > 0), Decimal(0))),
        withdrawals=one(-sum((flow for flow, _ in flows if flow < 0), Decimal(0))),
    )


def _eight(eighths: float) -> str | None:
    return None if np.isnan(eighths) else f"{Decimal(int(eighths)).scaleb(-8):.8f}"


def _two(found: LeagueNumbers) -> str | None:
    known = not np.isnan(found.twr[0])
    return f"{Decimal(int(found.shown[0])).scaleb(-2):.2f}" if known else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
