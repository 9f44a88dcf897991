"""A running exchange per module, and a stream client to listen with."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket

from sandbox.exchange.running import RunningExchange, running_exchange

PATIENCE_S = 10
NORMAL_CLOSURE = (1000).to_bytes(2, "big")


class StreamClient:
    """websocket-client in a thread of its own, keeping every frame."""

    def __init__(self, url: str) -> None:
        self.frames: list[Any] = []
        self.closed_with: list[tuple[int | None, str | None]] = []
        self.errors: list[Exception] = []
        self.pings: list[bytes] = []
        self._sockets: list[socket.socket] = []
        self._news = threading.Condition()
        self._app = websocket.WebSocketApp(
            url,
            on_open=self._opened,
            on_message=lambda _, text: self._note(self.frames, json.loads(text)),
            on_ping=lambda _, payload: self._note(self.pings, payload),
            on_error=lambda _, problem: self._note(self.errors, problem),
            on_close=lambda _, code, reason: self._note(self.closed_with, (code, reason)),
        )
        self._thread = threading.Thread(target=self._app.run_forever, daemon=True)

    def start(self) -> StreamClient:
        self._thread.start()
        self.wait(lambda: self.frames or self.closed_with)
        return self

    def send(self, frame: str) -> None:
        self._app.send(frame)

    def ask(self, frame: str) -> dict[str, Any]:
        """The reply to a frame, found by its id."""
        request_id = json.loads(frame)["id"]
        self.send(frame)
        return self.frame(lambda each: each.get("id") == request_id)

    def frame(self, wanted: Callable[[Any], object]) -> dict[str, Any]:
        """The first frame that is wanted, waiting for it."""
        found: list[dict[str, Any]] = []

        def look() -> bool:
            found[:] = [each for each in self.frames if each != "open" and wanted(each)]
            return bool(found)

        self.wait(look)
        return found[0]

    def events(self) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame != "open" and "event" in frame]

    def wait(self, condition: Callable[[], object]) -> None:
        with self._news:
            assert self._news.wait_for(condition, PATIENCE_S), "nothing came"

    def stop(self) -> None:
        # The library's own close() leaves its thread waiting in select for ten seconds.
        if self._thread.is_alive() and not self.closed_with:
            self._app.send(NORMAL_CLOSURE, websocket.ABNF.OPCODE_CLOSE)
        self._thread.join(PATIENCE_S)
        # After a reset it forgets to close the socket.
        for each in self._sockets:
            each.close()

    def _opened(self, app: websocket.WebSocketApp) -> None:
        assert app.sock is not None
        assert app.sock.sock is not None
        self._sockets.append(app.sock.sock)
        self._note(self.frames, "open")

    def _note(self, where: list[Any], what: object) -> None:
        with self._news:
            where.append(what)
            self._news.notify_all()


@pytest.fixture(scope="module")
def exchange() -> Iterator[RunningExchange]:
    with running_exchange() as serving:
        yield serving


@pytest.fixture(autouse=True)
def fresh_counters(exchange: RunningExchange) -> None:
    exchange.admin.post("limits", reset=True)


@pytest.fixture
def listen(exchange: RunningExchange) -> Iterator[Callable[[str], StreamClient]]:
    """Starts stream clients and stops them afterwards."""
    started: list[StreamClient] = []

    def start(url: str) -> StreamClient:
        client = StreamClient(url).start()
        started.append(client)
        return client

    yield start
    for client in started:
        client.stop()
