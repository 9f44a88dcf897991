"""The hour's work in memory: how far it is, and what is to be corrected."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from chalicelib.domain.account import shard_of
from chalicelib.domain.corrections import Corrected, Correction


class FakeRuns:
    """How far each hour is."""

    def __init__(self) -> None:
        self._shards: dict[int, list[int]] = {}
        self._done: defaultdict[int, set[int]] = defaultdict(set)
        self._ranked: set[int] = set()
        self._complete: dict[int, int] = {}
        self.newest_asked = 0

    def begin(self, hour: int, shards: Sequence[int]) -> list[int]:
        return list(self._shards.setdefault(hour, list(shards)))

    def shards(self, hour: int) -> list[int] | None:
        return list(self._shards[hour]) if hour in self._shards else None

    def mark_done(self, hour: int, shard: int) -> bool:
        self._done[hour].add(shard)
        return hour in self._shards and self._done[hour] >= set(self._shards[hour])

    def done(self, hour: int) -> set[int]:
        return set(self._done[hour])

    def mark_ranked(self, hour: int) -> None:
        self._ranked.add(hour)

    def ranked(self, hour: int) -> bool:
        return hour in self._ranked

    def last_complete(self, shard: int) -> int | None:
        return self._complete.get(shard)

    def set_last_complete(self, shard: int, hour: int) -> None:
        self._complete[shard] = max(hour, self._complete.get(shard, hour))

    def newest_begun(self) -> int | None:
        self.newest_asked += 1
        return max(self._shards, default=None)


class FakeCorrections:
    """What is to be done and what was; `noted` counts the writes."""

    def __init__(self) -> None:
        self.noted = 0
        self._due: dict[tuple[int, str, str], Correction] = {}
        self._kept: dict[tuple[int, str], Corrected] = {}

    def note(self, corrections: Sequence[Correction]) -> None:
        for each in corrections:
            self.noted += 1
            self._due[each.hour, each.account_id, each.entry_id] = each

    def of_shard(self, shard: int) -> list[Correction]:
        return [each for _, each in sorted(self._due.items()) if shard_of(each.seat) == shard]

    def remove(self, corrections: Sequence[Correction]) -> None:
        for each in corrections:
            self._due.pop((each.hour, each.account_id, each.entry_id), None)

    def keep(self, corrected: Corrected) -> None:
        place = (corrected.at_hour, corrected.account_id)
        first = self._kept.get(place, corrected)
        self._kept[place] = replace(corrected, before=first.before)

    def kept(self, shard: int, first: int, last: int) -> list[Corrected]:
        found = (each for _, each in sorted(self._kept.items()))
        return [e for e in found if shard_of(e.seat) == shard and first <= e.at_hour <= last]
