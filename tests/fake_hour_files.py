"""What publishing the file of an hour needs, in memory."""

from collections.abc import Sequence

from chalicelib.services.hour_file_ports import Published


class FakeRowSecrets:
    """A secret per seat: the seat's number, sixteen bytes long, so that a test can foresee it."""

    def __init__(self) -> None:
        self.kept: dict[int, bytes] = {}

    def of_seats(self, seats: Sequence[int]) -> dict[int, bytes]:
        return {seat: self.kept[seat] for seat in seats if seat in self.kept}

    def make(self, seats: Sequence[int]) -> dict[int, bytes]:
        for seat in seats:
            self.kept.setdefault(seat, seat.to_bytes(16, "big"))
        return self.of_seats(seats)

    def forget(self, seat: int) -> None:
        self.kept.pop(seat, None)


class FakeChain:
    """The newest file."""

    def __init__(self) -> None:
        self.newest: Published | None = None

    def last(self) -> Published | None:
        return self.newest

    def extend(self, published: Published) -> None:
        link = published.link
        if self.newest is None or (link.hour, link.revision) > (
            self.newest.link.hour,
            self.newest.link.revision,
        ):
            self.newest = published


class FakePublicFiles:
    """Texts by name; `puts` counts the writes, and `fail` is raised by the next of them."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.puts: list[str] = []
        self.fail: Exception | None = None

    def put_new(self, name: str, content: str) -> str:
        self._count(name)
        return self.texts.setdefault(name, content)

    def put(self, name: str, content: str) -> None:
        self._count(name)
        self.texts[name] = content

    def _count(self, name: str) -> None:
        failure, self.fail = self.fail, None
        if failure is not None:
            raise failure
        self.puts.append(name)
