"""`python -m sandbox.cloud_server --port 8084`: SQS, KMS, S3 and SSM (moto), the user pool and
the post office (our own, see `identity/`) under one address.

The moto server itself looks through all of its services for each request to find out whom it is
for; here the signature's scope says it, which saves a good millisecond a call.
"""

import argparse
import re
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.people_server import PeopleServer

StartResponse = Callable[..., Any]
_SIGNED_FOR = re.compile(r"/(sqs|kms|s3|ssm)/aws4_request")

Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class QuietHandler(WSGIRequestHandler):
    """Keeps connections open and logs no requests."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: thousands a minute."""


def application() -> Application:
    """All services as one WSGI application; what is of no other goes to SQS."""
    services = {name: create_backend_app(name) for name in ("sqs", "kms", "s3", "ssm")}
    people = PeopleServer()

    def chosen(environment: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        if people.serves(environment):
            return people(environment, start)
        answer: Iterable[bytes] = services[_service(environment)](environment, start)
        return answer

    return chosen


def _service(environment: dict[str, Any]) -> str:
    """Whom the request is signed for."""
    signed = _SIGNED_FOR.search(environment.get("HTTP_AUTHORIZATION", ""))
    return signed[1] if signed else "sqs"


def main() -> None:
    """Serve on loopback until ended."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.cloud_server")
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    server = make_server(
        "127.0.0.1", port, application(), threaded=True, request_handler=QuietHandler
    )
    server.serve_forever()


if __name__ == "__main__":
    main()
