"""What the operator's command does, as opposed to reads: each act is written down before it is
done, with who and why."""

import getpass
import json
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from chalicelib import operating, wiring
from chalicelib.domain.account import AccountState
from chalicelib.domain.errors import Conflict, InvalidRequest, NotFound
from chalicelib.domain.switches import MEANS, switch_named, value_for
from chalicelib.domain.windows import DAY, hour_of, run_of
from chalicelib.entrypoints.consumers import mark_alone
from chalicelib.entrypoints.jobs import go_on_with
from chalicelib.entrypoints.operate_text import instant, table
from chalicelib.services.act_ports import Act, DeadLetter
from chalicelib.services.rebuild_hour import next_revision
from chalicelib.services.rebuild_hour import rebuild_hour as _rebuild_hour
from chalicelib.services.rebuild_stores import rebuild_holdings as _rebuild_holdings
from chalicelib.services.rebuild_stores import rebuild_seats as _rebuild_seats

_log = logging.getLogger(__name__)


def note(what: str, why: str, who: str | None = None) -> None:
    """Write an act down. Raises InvalidRequest where no reason is given."""
    if not why.strip():
        raise InvalidRequest("--why: say why, in a few words; it is kept")
    named = who or getpass.getuser()
    caller = operating.caller()
    doer = f"{named} ({caller})" if caller else named
    operating.acts().put(Act(wiring.machine_now(), doer, what, why))
    _log.warning("operator_act", extra={"who": doer, "what": what, "why": why})


def acts(month: str) -> Iterator[str]:
    """What was done in a month, newest first."""
    found = operating.acts().newest(month)
    rows = [(instant(each.at), each.who, each.what, each.why) for each in found]
    return table([("at", "who", "what", "why"), *rows])


def switches() -> Iterator[str]:
    """All switches, and what each means."""
    kept = wiring.switch_store().read()
    rows = [(each.value, kept.get(each, "off"), meaning) for each, meaning in MEANS.items()]
    return table([("switch", "is", "while it is on"), *rows])


def set_switch(name: str, text: str, why: str, who: str | None) -> Iterator[str]:
    """Set a switch or take it back."""
    switch = switch_named(name)
    value = value_for(switch, text)
    note(f"switch {switch.value} {text}", why, who)
    if value is None:
        wiring.switch_store().remove(switch)
    else:
        wiring.switch_store().put(switch, value)
    yield f"{switch.value}: {'taken back' if value is None else value}; everywhere within 15 s"


def tick(why: str, who: str | None) -> Iterator[str]:
    """Go on with the run of the last full hour."""
    hour = hour_of(wiring.now())
    note(f"tick {run_of(hour)}", why, who)
    go_on_with(hour)
    yield f"the run of {run_of(hour)} goes on at its first step that is not done"


def rebuild_hour(hour: int | None, why: str, who: str | None) -> Iterator[str]:
    """Mark and rank the newest hour again."""
    found = wiring.stores()
    head = found.boards.current(DAY.name)
    at = hour if hour is not None else (head.hour if head is not None else 0)
    next_revision(at, found.boards, found.runs)
    note(f"rebuild-hour {run_of(at)}", why, who)
    revision = _rebuild_hour(
        at, boards=found.boards, runs=found.runs, tasks=wiring.tasks(), mark=mark_alone
    )
    yield f"{run_of(at)} is marked again; its board comes out as revision {revision}"


def reconcile(account_id: str, why: str, who: str | None) -> Iterator[str]:
    """Have an account's books compared with the exchange's."""
    found = wiring.stores()
    account = found.accounts.get(account_id)
    if account.state is not AccountState.LIVE:
        raise Conflict(f"account {account_id} is {account.state.value}: only a live one has books")
    note(f"reconcile {account_id}", why, who)
    found.doubts.put(account.slot, account_id, wiring.now())
    yield f"account {account_id} is in doubt: who streams slot {account.slot} compares its books"


def dead_letters(queue: str) -> Iterator[str]:
    """What the dead letters of a queue are about, without what they say."""
    for letters in operating.queues()[queue].dead_letters():
        for letter in letters:
            yield f"{letter.message_id}  {_about(letter)}"


def drain(queue: str, path: Path, why: str, who: str | None) -> Iterator[str]:
    """Move the dead letters of a queue into a file for this user alone, a line each."""
    if path.exists():
        raise Conflict(f"{path} is there already: name a new file")
    care, moved = operating.queues()[queue], 0
    note(f"drain {queue} to {path.name}", why, who)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        for letters in care.dead_letters():
            for letter in letters:
                line = {"queue": queue, "id": letter.message_id, "body": letter.body}
                file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
            care.remove(letters)
            moved += len(letters)
    yield f"{moved} dead letters of {queue} are in {path}, and nowhere else: they hold trades"


def redrive(queue: str, path: Path | None, why: str, who: str | None) -> Iterator[str]:
    """Put dead letters back into their queue: those of the dead-letter queue, or of a file."""
    care = operating.queues()[queue]
    bodies = None if path is None else _drained(path, queue)
    note(f"redrive {queue}" + ("" if path is None else f" from {path.name}"), why, who)
    if bodies is not None:
        care.send(bodies)
        yield f"{len(bodies)} messages of {path} are in {queue} again; the file stays"
        return
    moved = 0
    for letters in care.dead_letters():
        care.send([letter.body for letter in letters])
        care.remove(letters)  # cut short before this, some come twice: that does no harm
        moved += len(letters)
    yield f"{moved} dead letters are in {queue} again"


def bring_back(table: str, source: str, why: str, who: str | None) -> Iterator[str]:
    """Put back what is missing in a table, out of a backup of it."""
    found = operating.whole().bring_back(table, source)
    note(f"bring-back {table} from {source}", why, who)  # after: it may bring the acts themselves
    yield f"{found} items of {source} are in {table}; those that were there have stayed"


def rebuild_holdings(why: str, who: str | None) -> Iterator[str]:
    """Make the holdings rows that are missing, from the ledger."""
    note("rebuild-holdings", why, who)
    made = _rebuild_holdings(
        operating.whole().accounts(), wiring.members(), wiring.stores().doubts, wiring.now()
    )
    yield f"{made} rows made from the ledger; linked accounts are compared with the exchange"


def rebuild_seats(why: str, who: str | None) -> Iterator[str]:
    """Set who sits where anew."""
    note("rebuild-seats", why, who)
    whole = operating.whole()
    found = _rebuild_seats(whole.traders(), whole.accounts(), wiring.members())
    yield f"{found} seats set from profiles and accounts"


def rebuild_history(
    first: int | None, last: int | None, why: str, who: str | None
) -> Iterator[str]:
    """Mark and rank hours again, as if they never were."""
    at = hour_of(wiring.now()) if last is None else last
    if at > hour_of(wiring.now()):
        raise InvalidRequest(f"{run_of(at)} has not come yet")
    begun = "the first link" if first is None else run_of(first)
    note(f"rebuild-history from {begun} to {run_of(at)}", why, who)
    marked, ranked = operating.rebuild_history(first, at)
    yield f"{marked} hours marked from {begun} to {run_of(at)}, the last {ranked} of them ranked"


def _about(letter: DeadLetter) -> str:
    try:
        message = json.loads(letter.body)
        if "task" in message:
            return f"task {message['task']} of {run_of(message['hour'])}"
        accounts = sorted({str(each["account"]) for each in message["items"]})
        traces = [str(each.get("trace", "")) for each in message["items"]]
        return f"{len(traces)} items of {', '.join(accounts)}; traces {', '.join(traces)}"
    except (ValueError, TypeError, LookupError):
        return f"unreadable, {len(letter.body)} characters"


def _drained(path: Path, queue: str) -> Sequence[str]:
    try:
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        others = {each["queue"] for each in lines} - {queue}
        bodies = [str(each["body"]) for each in lines]
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, LookupError) as error:
        raise InvalidRequest(f"{path} is no file of drained messages") from error
    if others:
        raise InvalidRequest(f"{path} has messages of {', '.join(sorted(others))}, not of {queue}")
    return bodies
