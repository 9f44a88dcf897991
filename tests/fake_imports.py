"""Imports in memory."""

from collections import defaultdict

from chalicelib.domain.imported import ImportedLine
from chalicelib.services.import_ports import ImportPart, ImportProgress


class FakeImports:
    """Lines, parts and progress in dicts; `lines_written` counts the writes of lines."""

    def __init__(self) -> None:
        self._lines: dict[str, ImportedLine] = {}
        self._parts: defaultdict[str, dict[tuple[str, str], ImportPart]] = defaultdict(dict)
        self._progress: defaultdict[str, dict[str, ImportProgress]] = defaultdict(dict)
        self.lines_written = 0

    def line(self, trader_id: str) -> ImportedLine | None:
        return self._lines.get(trader_id)

    def put_line(self, trader_id: str, line: ImportedLine) -> None:
        self._lines[trader_id] = line
        self.lines_written += 1

    def parts(self, trader_id: str) -> list[ImportPart]:
        return [part for _, part in sorted(self._parts[trader_id].items())]

    def put_part(self, trader_id: str, part: ImportPart) -> None:
        self._parts[trader_id][part.account_id, part.name] = part

    def progress(self, trader_id: str) -> dict[str, ImportProgress]:
        return dict(self._progress[trader_id])

    def put_progress(self, trader_id: str, progress: ImportProgress) -> None:
        self._progress[trader_id][progress.account_id] = progress

    def forget(self, trader_id: str) -> None:
        self._lines.pop(trader_id, None)
        self._parts.pop(trader_id, None)
        self._progress.pop(trader_id, None)
