"""One configured log for every process: JSON lines, secrets taken out.

Other modules use the standard `logging` and name each happening by its message
(`frame_set_aside`), with what it concerns in `extra`.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

_NOTHING: Mapping[str, object] = {}
_SECRETS = re.compile(
    r"(?i)((?:signature|secret|api_?key|x-mbx-apikey|authorization|token)[\\\"'\s]*[=:][\\\"'\s]*"
    r"(?:bearer\s+)?)[A-Za-z0-9+/=_.%-]{8,}"
)
_bound: ContextVar[Mapping[str, object]] = ContextVar("bound", default=_NOTHING)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


@contextmanager
def bound(**ids: object) -> Iterator[None]:
    """Inside, every line carries these ids: what leads from one line to the next."""
    token = _bound.set({**_bound.get(), **ids})
    try:
        yield
    finally:
        _bound.reset(token)


class JsonLines(logging.Formatter):
    """One JSON object per record: time, level, logger, happening, its extras, its error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with anything that looks like a key, secret or token replaced by ***."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "happening": record.getMessage(),
        }
        line |= _bound.get()
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return redact(json.dumps(line, default=str, ensure_ascii=False))


def redact(text: str) -> str:
    """`text` with the values of keys, secrets, signatures and tokens replaced by ***."""
    return _SECRETS.sub(r"\1***", text)


def configure(level: str, stream: TextIO = sys.stderr) -> None:
    """Send the whole process's log to `stream`, from `level` up."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("botocore", "urllib3", "pynamodb"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
