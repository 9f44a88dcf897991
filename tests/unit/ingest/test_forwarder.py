"""Nothing that was taken is forgotten: refused, held, crowded or closing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition, Thread

import pytest

from chalicelib.domain.errors import DeliveryFailed, InvalidRequest, StoreUnavailable
from chalicelib.services.ports import StreamItem
from ingest_container.forwarder import Forwarder, ForwarderLimits
from tests.builders import stream_item

PATIENCE_S = 5
QUICK = ForwarderLimits(linger=0, first_pause=0.001, longest_pause=0.002)


class Sink:
    """An Events queue that says no as often as told, and can be waited on."""

    def __init__(self) -> None:
        self.batches: list[list[StreamItem]] = []
        self.refusals: list[Exception] = []
        self.asked = 0
        self.changed = Condition()

    def send(self, items: Sequence[StreamItem]) -> None:
        with self.changed:
            self.asked += 1
            self.changed.notify_all()
            if self.refusals:
                raise self.refusals.pop(0)
            self.batches.append(list(items))

    def sent(self) -> list[str | None]:
        return [item.frame for batch in self.batches for item in batch]

    def until(self, true: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(true, PATIENCE_S)


@contextmanager
def running(forwarder: Forwarder, seconds: float = PATIENCE_S) -> Iterator[Thread]:
    thread = Thread(target=forwarder.run)
    thread.start()
    try:
        yield thread
    finally:
        forwarder.close(seconds)
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def put(forwarder: Forwarder, *frames: str) -> list[bool]:
    return [forwarder.put(stream_item(frame=frame)) for frame in frames]


def test_frames_arrive_in_their_order() -> None:
    sink = Sink()
    forwarder = Forwarder(sink, pytest.fail, QUICK)
    with running(forwarder):
        put(forwarder, "1", "2", "3")
        assert forwarder.flush(PATIENCE_S)
    assert sink.sent() == ["1", "2", "3"]


def test_frames_of_one_moment_share_a_sending() -> None:
    sink = Sink()
    forwarder = Forwarder(sink, pytest.fail, ForwarderLimits(linger=60))
    put(forwarder, "1", "2")
    with running(forwarder):
        put(forwarder, "3")
        assert forwarder.flush(PATIENCE_S)
    assert [len(batch) for batch in sink.batches] == [3]


@pytest.mark.parametrize("error", [DeliveryFailed("refused"), StoreUnavailable("throttled")])
def test_a_queue_that_refuses_gets_the_frames_again(error: Exception) -> None:
    sink = Sink()
    sink.refusals = [error, error]
    forwarder = Forwarder(sink, pytest.fail, QUICK)
    with running(forwarder):
        put(forwarder, "1", "2")
        assert forwarder.flush(PATIENCE_S)
    assert sink.sent() == ["1", "2"]
    assert forwarder.buffered() == 0


def test_held_frames_wait_for_the_flush() -> None:
    sink = Sink()
    forwarder = Forwarder(sink, pytest.fail, QUICK)
    forwarder.hold(True)
    with running(forwarder):
        put(forwarder, "1", "2")
        assert forwarder.buffered() == 2
        assert forwarder.flush(PATIENCE_S)
        assert [len(batch) for batch in sink.batches] == [2]
        put(forwarder, "3")
        assert forwarder.buffered() == 1
        forwarder.hold(False)
        sink.until(lambda: sink.asked == 2)


def test_a_flush_of_nothing_is_done_at_once() -> None:
    forwarder = Forwarder(Sink(), pytest.fail, QUICK)
    assert forwarder.flush(0)


def test_a_flush_says_when_the_queue_would_not_have_it() -> None:
    sink = Sink()
    sink.refusals = [DeliveryFailed("refused")] * 10_000
    forwarder = Forwarder(sink, lambda account_id: None, QUICK)
    with running(forwarder, seconds=0):
        put(forwarder, "1")
        assert not forwarder.flush(0.01)
        assert "refused" in forwarder.last_error
    assert forwarder.buffered() == 1


def test_full_memory_drops_the_newest_and_says_whose() -> None:
    lost: list[str] = []
    forwarder = Forwarder(Sink(), lost.append, ForwarderLimits(most_bytes=1000))
    assert put(forwarder, "x" * 300, "y" * 300) == [True, False]
    assert lost == [stream_item().account_id]
    assert forwarder.buffered() == 1


def test_half_full_memory_is_not_held() -> None:
    sink = Sink()
    forwarder = Forwarder(sink, pytest.fail, ForwarderLimits(most_bytes=1000))
    forwarder.hold(True)
    with running(forwarder):
        put(forwarder, "x" * 300)
        sink.until(lambda: sink.asked == 1)


def test_a_frame_that_no_message_can_hold_is_named_and_the_others_go() -> None:
    lost: list[str] = []
    sink = Sink()
    too_large = InvalidRequest("an event has 300000 bytes")
    sink.refusals = [too_large, too_large]
    forwarder = Forwarder(sink, lost.append, QUICK)
    put(forwarder, "huge", "small")
    with running(forwarder):
        assert forwarder.flush(PATIENCE_S)
    assert sink.sent() == ["small"]
    assert lost == [stream_item().account_id]


def test_closing_sends_what_is_left() -> None:
    sink = Sink()
    forwarder = Forwarder(sink, pytest.fail, ForwarderLimits(linger=60))
    forwarder.hold(True)
    put(forwarder, *map(str, range(2500)))
    with running(forwarder):
        pass
    assert len(sink.sent()) == 2500
    assert forwarder.buffered() == 0


def test_closing_tries_a_refusing_queue_again() -> None:
    sink = Sink()
    sink.refusals = [DeliveryFailed("refused")] * 3
    forwarder = Forwarder(sink, pytest.fail, QUICK)
    put(forwarder, "1")
    with running(forwarder):
        pass
    assert sink.sent() == ["1"]


def test_a_dead_queue_leaves_frames_that_are_counted_by_account() -> None:
    sink = Sink()
    sink.refusals = [DeliveryFailed("dead")] * 10_000
    forwarder = Forwarder(sink, pytest.fail, QUICK)
    for account_id in ("ada", "bob", "ada"):
        forwarder.put(stream_item(account_id=account_id, frame="1"))
    with running(forwarder, seconds=0):
        pass
    assert forwarder.left() == {"ada": 2, "bob": 1}
