"""How many events there were, and how many frames of them went out."""

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
