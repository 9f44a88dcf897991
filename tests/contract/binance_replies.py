"""What tests of the REST adapter share: a clock moved by waiting, and a refusal of Binance's."""

import json
from datetime import datetime, timedelta

from tests.builders import NOON
from tests.scripted_server import Reply


class Machine:
    """The machine's clock, moved by waiting."""

    def __init__(self) -> None:
        self.now = NOON
        self.waited: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)


def refusal(code: int, status: int = 400, **headers: str) -> Reply:
    return Reply(json.dumps({"code": code, "msg": "as the sheet says"}), status, headers)
