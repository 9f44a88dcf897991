"""The words of a schedule: what happens to a world, step by step, as text that a person can read.

    start red; link ann.1; pass 40; act ann.1 deposit 17; strike killed-after ledger.add 2 1; hour

Steps that make no sense at their moment do nothing, so any list of steps is a schedule and a
failing one can be made shorter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias

from hypothesis import strategies as st

from sandbox.exchange.fault_rules import FaultKind, FaultRule
from tests.chaos.faults import Fault, Strike
from tests.chaos.world import ACTS, CONTAINERS, TRADERS, World

MOST_STEPS: Final = 24
ACCOUNTS: Final = tuple(name for names in TRADERS.values() for name in names)
Choice: TypeAlias = Sequence[str] | range
"""What stands at one place of a step."""

_WHERE: Final = (
    "ledger.add",
    "ledger.*",
    "holdings.replace",
    "holdings.create",
    "holdings.*",
    "history.put_blocks",
    "history.*",
    "runs.*",
    "corrections.*",
    "boards.*",
    "seats.*",
    "prices.*",
    "doubts.*",
    "accounts.save",
    "accounts.*",
    "leases.*",
    "links.*",
    "imports.*",
    "conditions.*",
    "secrets.*",
    "chain.*",
    "files.*",
    "traders.*",
    "vault.*",
    "events.send",
    "tasks.send",
    "*",
)
_ANSWERS: Final = (
    FaultKind.RESET,
    FaultKind.CUT,
    FaultKind.SLOW,
    FaultKind.TIMEOUT,
    FaultKind.SERVER_ERROR,
    FaultKind.UNAVAILABLE,
    FaultKind.EMPTY,
    FaultKind.TRUNCATED,
    FaultKind.WAF,
    FaultKind.RATE_LIMIT,
)
_ACT_NAMES: Final = {each.replace(" ", "-"): each for each in ACTS}
_PATHS: Final = ("*", "/api/*", "/sapi/*", "/api/v3/account", "userDataStream.*")


@dataclass(frozen=True)
class Step:
    """One thing that happens."""

    verb: str
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.verb, *self.arguments))

    def happen(self, world: World) -> None:
        """Let it happen, and everybody react to it."""
        VERBS[self.verb].happen(world, *self.arguments)


@dataclass(frozen=True)
class Verb:
    """How often it is drawn, what it is said with, and what it does."""

    weight: int
    arguments: tuple[Choice, ...]
    happen: Callable[..., None]


def _choice(names: Sequence[str]) -> Sequence[str]:
    return tuple(names)


def _number(least: int, most: int) -> range:
    return range(least, most + 1)


def _said(*parts: Choice) -> tuple[Choice, ...]:
    return parts


def _act(world: World, name: str, what: str, dice: str) -> None:
    world.act(name, _ACT_NAMES[what], int(dice))
    world.work()


def _strike(world: World, fault: str, where: str, skip: str, times: str) -> None:
    world.plan.waiting.append(Strike(Fault(fault), where, int(skip), int(times)))


def _answers(world: World, kind: str, path: str, count: str, executed: str) -> None:
    rule = FaultRule(FaultKind(kind), path, count=int(count), executed=executed == "executed")
    world.exchange.rules.add(rule)


def _line(world: World, name: str, what: str, lost: str) -> None:
    container = world.containers.get(name)
    if container is None:
        return
    if what == "cut":
        container.line.cut(int(lost))
    elif what == "freeze":
        container.line.freeze()
    else:
        container.line.announce_shutdown()


def _mail(world: World, queue: str, what: str, count: str) -> None:
    box = world.backing.event_box if queue == "events" else world.backing.task_box
    if what == "hold":
        box.held = True
    elif what == "release":
        box.held = False
    elif what == "shuffle":
        box.shuffled = True
    else:
        box.repeat += int(count)


def _hear(world: World, name: str, lost: str) -> None:
    if lost == "lost":
        world.exchange.events.lost_for.add(world.accounts[name].uid)
    else:
        world.hear_again()


def _ban(world: World, name: str, seconds: str) -> None:
    container = world.containers.get(name)
    if container is not None:
        world.exchange.limits.bans.ban(container.line.address, int(seconds))


ACCOUNT, CONTAINER = _choice(ACCOUNTS), _choice(CONTAINERS)
_WHAT = _choice(list(_ACT_NAMES))
_FAULT = _choice([each.value for each in Fault])


def _strikes(where: Sequence[str]) -> Verb:
    return Verb(8, _said(_FAULT, _choice(where), _number(0, 12), _number(1, 3)), _strike)


VERBS: Final[Mapping[str, Verb]] = {
    "act": Verb(14, _said(ACCOUNT, _WHAT, _number(0, 9999)), _act),
    "pass": Verb(5, _said(_number(1, 90)), lambda w, s: w.pass_time(int(s))),
    "hour": Verb(7, _said(), lambda w: w.close_hour()),
    "tick": Verb(1, _said(), lambda w: w.tick()),
    "strike": _strikes(_WHERE),
    "start": Verb(3, _said(CONTAINER), lambda w, c: w.start(c)),
    "kill": Verb(2, _said(CONTAINER), lambda w, c: w.kill(c)),
    "leave": Verb(2, _said(CONTAINER), lambda w, c: w.leave(c)),
    "line": Verb(3, _said(CONTAINER, _choice(("cut", "freeze", "announce")), _number(0, 5)), _line),
    "link": Verb(3, _said(ACCOUNT), lambda w, a: w.link(a)),
    "rekey": Verb(1, _said(ACCOUNT), lambda w, a: w.link(a, new_key=True)),
    "unlink": Verb(1, _said(ACCOUNT), lambda w, a: w.unlink(a)),
    "mail": Verb(
        4,
        _said(
            _choice(("events", "tasks")),
            _choice(("hold", "release", "release", "shuffle", "repeat")),
            _number(1, 4),
        ),
        _mail,
    ),
    "events": Verb(2, _said(ACCOUNT, _choice(("lost", "heard"))), _hear),
    "answers": Verb(
        3,
        _said(
            _choice([each.value for each in _ANSWERS]),
            _choice(_PATHS),
            _number(1, 4),
            _choice(("executed", "not")),
        ),
        _answers,
    ),
    "ban": Verb(1, _said(CONTAINER, _number(5, 200)), _ban),
    "skew": Verb(1, _said(_number(-1800, 1800)), lambda w, ms: w.set_skew(int(ms))),
}

_ON_THE_WIRE: Final = _strikes((*_WHERE, *("wire.dynamodb.*", "wire.sqs.*", "wire.*") * 8))

OPENINGS: Final = (
    "start red; link ann.1; pass 20",
    "start red; link ann.1; link bob.1; pass 20",
    "start red; start blue; link ann.1; link ann.2; link bob.1; pass 20",
    "link ann.1; start blue",
    "mail events repeat 4; start red; link ann.1; link bob.1; pass 20",
    "mail events repeat 9; mail events shuffle 1; mail tasks repeat 4; start red; link ann.1",
)


def parsed(text: str) -> list[Step]:
    """The steps of a schedule. Raises KeyError for a word that is none."""
    steps: list[Step] = []
    for said in text.replace("\n", ";").split(";"):
        verb, *arguments = said.split() or [""]
        if verb:
            assert verb in VERBS, f"no word of a schedule: {verb}"
            steps.append(Step(verb, tuple(arguments)))
    return steps


def told(steps: Sequence[Step]) -> str:
    """The same as text."""
    return "; ".join(map(str, steps))


def _verbs(wire: bool) -> Mapping[str, Verb]:
    return {**VERBS, "strike": _ON_THE_WIRE} if wire else VERBS


def drawn(random: Random, most: int = MOST_STEPS, *, wire: bool = False) -> list[Step]:
    """An opening and up to `most` steps; with `wire` things also go wrong below the adapters."""
    verbs = _verbs(wire)
    names, weights = list(verbs), [each.weight for each in verbs.values()]
    chosen = random.choices(names, weights, k=random.randint(1, most))
    steps = [
        Step(name, tuple(str(random.choice(part)) for part in verbs[name].arguments))
        for name in chosen
    ]
    return parsed(random.choice(OPENINGS)) + steps


def schedules(most: int = MOST_STEPS) -> st.SearchStrategy[list[Step]]:
    """The same as Hypothesis draws and shortens them."""
    choices: list[st.SearchStrategy[Step]] = []
    for name, verb in VERBS.items():
        said = st.tuples(*(st.sampled_from(part).map(str) for part in verb.arguments))
        made = said.map(lambda words, name=name: Step(name, words))  # type: ignore[misc]
        choices += [made] * verb.weight
    step = st.sampled_from(choices).flatmap(lambda made: made)
    opening = st.sampled_from(OPENINGS).map(parsed)
    return st.builds(lambda first, rest: first + rest, opening, st.lists(step, max_size=most))
