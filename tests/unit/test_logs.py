"""Log lines are JSON, and no secret gets into one."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from chalicelib import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    logs.configure("INFO", written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_carries_what_it_concerns(stream: io.StringIO) -> None:
    logging.getLogger("league").warning("frame_set_aside", extra={"account": "A1"})
    line = json.loads(stream.getvalue())
    assert (line["happening"], line["account"], line["level"]) == (
        "frame_set_aside",
        "A1",
        "WARNING",
    )


def test_an_error_keeps_its_trace(stream: io.StringIO) -> None:
    try:
        raise ValueError("no such hour")
    except ValueError:
        logging.getLogger("league").exception("mark_failed")
    assert "no such hour" in json.loads(stream.getvalue())["error"]


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/v3/account?timestamp=1&signature=SENTINELSENTINEL",
        "{'secret': 'x'} secret=SENTINELSENTINEL",
        'headers "X-MBX-APIKEY": "SENTINELSENTINEL"',
        "Authorization: Bearer SENTINELSENTINEL",
        "apiKey=SENTINELSENTINEL&recvWindow=1",
    ],
)
def test_a_secret_never_reaches_a_line(stream: io.StringIO, text: str) -> None:
    logging.getLogger("league").error(text)
    assert "SENTINEL" not in stream.getvalue()
