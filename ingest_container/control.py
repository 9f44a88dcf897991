"""A small HTTP door on loopback, for the sandbox alone: look inside, and drive fast-forward.

GET  /state                   mode, leases held, containers that live, weight a minute, slots and
                              their accounts, frames received, buffered, errors
POST /compare                 compare books that grew, when all frames are recorded: {"compared": …}
POST /mode  {"mode": "fast"}  or "live"
POST /flush                   when the queue has every frame received so far: {"frames": …};
                              503 when it would not take them in time
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from ingest_container.supervisor import Supervisor

_FLUSH_WITHIN_S = 50
_LONGEST_BODY = 1000


class ControlDoor:
    """The door, open from the start until `close`."""

    def __init__(self, supervisor: Supervisor, port: int) -> None:
        """Listen on 127.0.0.1. Raises OSError when the port is taken."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler_of(supervisor))
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="control"
        )
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler_of(supervisor: Supervisor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # an answer is two packets; the second must not wait

        def do_GET(self) -> None:
            if self.path == "/state":
                self._answer(200, supervisor.state())
            else:
                self._answer(404, {"error": f"no {self.path}"})

        def do_POST(self) -> None:
            body = self._body()
            if self.path == "/flush":
                sent = supervisor.flush(_FLUSH_WITHIN_S)
                self._answer(200 if sent else 503, {"frames": supervisor.state()["frames"]})
            elif self.path == "/compare":
                self._answer(200, {"compared": supervisor.compare_books()})
            elif self.path == "/mode" and body.get("mode") in ("fast", "live"):
                supervisor.set_fast(body["mode"] == "fast")
                self._answer(200, {"mode": body["mode"]})
            else:
                self._answer(400, {"error": "neither /flush, /compare nor /mode fast or live"})

        def _body(self) -> dict[str, object]:
            length = self.headers.get("Content-Length", "0")
            size = int(length) if length.isdecimal() else 0
            try:
                body = json.loads(self.rfile.read(min(size, _LONGEST_BODY)) or "{}")
            except ValueError:
                return {}
            return body if isinstance(body, dict) else {}

        def _answer(self, status: int, content: dict[str, object]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet: the caller knows what it asked."""

    return Handler
