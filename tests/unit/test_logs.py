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


def test_what_is_bound_is_on_every_line_inside(stream: io.StringIO) -> None:
    log = logging.getLogger("league")
    with logs.bound(run="2026-03-01T12"), logs.bound(trace="t1"):
        log.info("shard_marked", extra={"shard": 3})
    log.info("afterwards")
    inside, after = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (inside["run"], inside["trace"], inside["shard"]) == ("2026-03-01T12", "t1", 3)
    assert "run" not in after


def test_what_is_bound_is_redacted_too(stream: io.StringIO) -> None:
    with logs.bound(asked="signature=SENTINELSENTINEL"):
        logging.getLogger("league").info("call")
    assert "SENTINEL" not in stream.getvalue()


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
