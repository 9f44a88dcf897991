"""How many events there were, and how many frames of them went out."""

import json
from functools import partial

from sandbox.exchange.events import EventHub


def test_only_frames_handed_to_a_subscription_count_as_delivered() -> None:
    hub, frames = EventHub(), list[str]()
    hub.publish(1, {"e": "balanceUpdate"})
    hub.listen(1, "one", frames.append)
    hub.listen(1, "two", frames.append)
    hub.publish(1, {"e": "balanceUpdate"})
    hub.lost_for.add(1)
    hub.publish(1, {"e": "balanceUpdate"})
    assert (hub.published, hub.delivered, len(frames)) == (3, 2, 2)


def test_frames_of_two_accounts_may_be_interleaved_each_in_its_own_order() -> None:
    hub = EventHub()
    hub.settings.interleaved = True
    hub.settings.undocumented_every = 0
    told: list[tuple[int, int]] = []
    for uid in (1, 2):
        hub.listen(uid, "socket", partial(_note, told, uid))
    for number in range(3):
        hub.publish(1, {"e": "first", "E": number})
    assert told == []
    hub.publish(2, {"e": "second", "E": 0})
    assert told == [(1, 0), (2, 0), (1, 1), (1, 2)]
    hub.publish(2, {"e": "second", "E": 1})
    hub.release()
    assert told[-1] == (2, 1)


def _note(told: list[tuple[int, int]], uid: int, text: str) -> None:
    told.append((uid, json.loads(text)["E"]))
