"""Answers held back: for some seconds, or until their rule is deleted or the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf

from aiohttp import web

from sandbox.exchange.fault_rules import FaultRule, FaultRules

LOOK_EVERY_S = 0.02


class Delays:
    """Waits for slow answers; none of them outlives `stop`."""

    def __init__(self, rules: FaultRules) -> None:
        self._rules = rules
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Let every answer go that is still held back."""
        self._stopping = True
        await asyncio.gather(*self._tasks)

    async def wait(self, rule: FaultRule, request: web.BaseRequest | None = None) -> None:
        """Return when the answer under the rule is due, or nobody waits for it any more."""
        clock = asyncio.get_running_loop().time
        due = inf if rule.seconds is None else clock() + rule.seconds
        while clock() < due and self._rules.holds(rule.number) and not self._stopping:
            if request is not None and request.transport is None:
                return
            await asyncio.sleep(max(0.0, min(LOOK_EVERY_S, due - clock())))

    def then(self, rule: FaultRule, action: Callable[[], None]) -> None:
        """Act when the answer under the rule is due."""

        async def later() -> None:
            await self.wait(rule)
            action()

        task = asyncio.ensure_future(later())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
