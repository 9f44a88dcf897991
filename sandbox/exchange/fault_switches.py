"""How an operator makes requests fail, under `/sandbox/`.

GET    /sandbox/faults           the rules, each with what is left of its count
POST   /sandbox/faults           {kind, path, address, uid, count, executed, seconds, skew_ms,
                                 retry_after}; kinds as in `fault_rules`, `count` null for always
DELETE /sandbox/faults           {number}, or all; an answer held back goes out
GET    /sandbox/bans             addresses shut out, and the settings
POST   /sandbox/bans             {address, seconds}; without seconds as its offences ask for
POST   /sandbox/bans/settings    {calls_before_ban, first_s, growth, longest_s}
DELETE /sandbox/bans             {address}, or all
GET    /sandbox/maintenance      {on}
POST   /sandbox/maintenance      {on}: every pair in BREAK, signed calls refused with 503
GET    /sandbox/requests         calls, frames and handshakes by address; DELETE starts anew
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sandbox.exchange.admin import Action, Answer, Body
from sandbox.exchange.bans import BanSettings
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.fault_rules import FaultKind, FaultRule
from sandbox.exchange.records import to_plain

_GIVEN = {each.name for each in fields(FaultRule)} - {"number"}


class FaultSwitches:
    """The operator's actions on answers, bans and maintenance, by method and path."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.actions: dict[tuple[str, str], Action] = {
            ("GET", "/sandbox/faults"): self.faults,
            ("POST", "/sandbox/faults"): self.add_fault,
            ("DELETE", "/sandbox/faults"): self.delete_faults,
            ("GET", "/sandbox/bans"): self.bans,
            ("POST", "/sandbox/bans"): self.ban,
            ("DELETE", "/sandbox/bans"): self.lift_bans,
            ("POST", "/sandbox/bans/settings"): self.change_bans,
            ("GET", "/sandbox/maintenance"): self.maintenance,
            ("POST", "/sandbox/maintenance"): self.set_maintenance,
            ("GET", "/sandbox/requests"): self.requests,
            ("DELETE", "/sandbox/requests"): self.forget_requests,
        }

    def faults(self, body: Body) -> Answer:
        return {"faults": [_described(each) for each in self._exchange.rules.listed()]}

    def add_fault(self, body: Body) -> Answer:
        unknown = body.keys() - _GIVEN
        if unknown:
            raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
        return _described(self._exchange.rules.add(_rule(body)))

    def delete_faults(self, body: Body) -> Answer:
        number = body.get("number")
        return {"deleted": self._exchange.rules.delete(None if number is None else int(number))}

    def bans(self, body: Body) -> Answer:
        bans = self._exchange.limits.bans
        return {"bans": bans.listed(), "settings": to_plain(bans.settings)}

    def ban(self, body: Body) -> Answer:
        seconds = body.get("seconds")
        until = self._exchange.limits.bans.ban(
            str(body["address"]), None if seconds is None else int(seconds)
        )
        return {"address": body["address"], "until": until}

    def lift_bans(self, body: Body) -> Answer:
        bans = self._exchange.limits.bans
        if "address" in body:
            bans.lift(str(body["address"]))
        else:
            bans.forget()
        return self.bans(body)

    def change_bans(self, body: Body) -> Answer:
        settings = self._exchange.limits.bans.settings
        for each in fields(BanSettings):
            if each.name in body:
                setattr(settings, each.name, int(body[each.name]))
        return to_plain(settings)

    def maintenance(self, body: Body) -> Answer:
        return {"on": self._exchange.market.closed}

    def set_maintenance(self, body: Body) -> Answer:
        self._exchange.market.closed = bool(body["on"])
        return self.maintenance(body)

    def requests(self, body: Body) -> Answer:
        traffic = self._exchange.traffic
        return {"total": traffic.total(), "by_address": traffic.by_address()}

    def forget_requests(self, body: Body) -> Answer:
        self._exchange.traffic.reset()
        return self.requests(body)


def _rule(body: Body) -> FaultRule:
    given: dict[str, Any] = dict(body)
    given["kind"] = FaultKind(given["kind"])
    for name, read in (("uid", int), ("count", int), ("seconds", float), ("skew_ms", int)):
        if given.get(name) is not None:
            given[name] = read(given[name])
    return FaultRule(**given)


def _described(rule: FaultRule) -> Answer:
    return to_plain(rule) | {"kind": rule.kind.value}
