"""What an operator may do to connections and events, under `/sandbox/`.

GET  /sandbox/connections               open ones: number, kind (user, market), address, uids,
                                        frozen, swallowed: frames that came while frozen
POST /sandbox/connections/drop          {number | kind | address}: TCP cut without a goodbye
POST /sandbox/connections/close         {…}: closed as at the end of their day
POST /sandbox/connections/shutdown      {…, cut_after_s}: send `serverShutdown`; cut that much later
POST /sandbox/connections/freeze        {…, frozen}: half open, nothing passes in either direction
POST /sandbox/connections/refuse        {count, status, retry_after}: turn the next connects away
POST /sandbox/connections/stall         {count}: accept the next connects, never answer them
POST /sandbox/connections/settings      {ping_every_s, pong_within_s, life_s}
GET  /sandbox/events                    how many were published, and delivered as frames
POST /sandbox/events                    {lose: true | false, uid} and the habits of `EventSettings`
POST /sandbox/streams/tick              send market streams now instead of at the next second
"""

from __future__ import annotations

import asyncio
from dataclasses import fields
from typing import Any

from sandbox.exchange.admin import Action, Answer, Body
from sandbox.exchange.events import EventSettings, server_shutdown
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.market_stream import MarketFeed
from sandbox.exchange.records import to_plain
from sandbox.exchange.sockets import Connection, Sockets, SocketSettings
from sandbox.exchange.user_stream import UserSession

SERVICE_UNAVAILABLE = 503


class Faults:
    """The operator's actions on connections and events, by method and path."""

    def __init__(self, exchange: Exchange, sockets: Sockets, feed: MarketFeed) -> None:
        self._exchange = exchange
        self._sockets = sockets
        self._feed = feed
        self._closing: set[asyncio.Task[None]] = set()
        self.actions: dict[tuple[str, str], Action] = {
            ("GET", "/sandbox/connections"): self.connections,
            ("POST", "/sandbox/connections/drop"): self.drop,
            ("POST", "/sandbox/connections/close"): self.close,
            ("POST", "/sandbox/connections/shutdown"): self.announce_shutdown,
            ("POST", "/sandbox/connections/freeze"): self.freeze,
            ("POST", "/sandbox/connections/refuse"): self.refuse,
            ("POST", "/sandbox/connections/stall"): self.stall,
            ("POST", "/sandbox/connections/settings"): self.change_life,
            ("GET", "/sandbox/events"): self.count_events,
            ("POST", "/sandbox/events"): self.change_events,
            ("POST", "/sandbox/streams/tick"): self.tick,
        }

    def connections(self, body: Body) -> Answer:
        return {"connections": [_described(each) for each in self._sockets.chosen()]}

    def drop(self, body: Body) -> Answer:
        chosen = self._chosen(body)
        for connection in chosen:
            connection.abort()
        return {"dropped": len(chosen)}

    def close(self, body: Body) -> Answer:
        chosen = self._chosen(body)
        for connection in chosen:
            task = asyncio.ensure_future(connection.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        return {"closed": len(chosen)}

    def announce_shutdown(self, body: Body) -> Answer:
        chosen = self._chosen(body)
        lead = body.get("cut_after_s")
        for connection in chosen:
            if connection.session is not None:
                connection.session.notify(server_shutdown(self._exchange.now()))
            if lead is not None:
                asyncio.get_running_loop().call_later(float(lead), connection.abort)
        return {"told": len(chosen)}

    def freeze(self, body: Body) -> Answer:
        chosen = self._chosen(body)
        for connection in chosen:
            connection.frozen = bool(body.get("frozen", True))
        return {"frozen": len(chosen)}

    def refuse(self, body: Body) -> Answer:
        count, status = int(body["count"]), int(body.get("status", SERVICE_UNAVAILABLE))
        self._sockets.refuse(count, status, body.get("retry_after"))
        return {"count": count, "status": status}

    def stall(self, body: Body) -> Answer:
        self._sockets.stall(int(body["count"]))
        return {"count": int(body["count"])}

    def change_life(self, body: Body) -> Answer:
        settings = self._sockets.settings
        for each in fields(SocketSettings):
            if each.name in body:
                setattr(settings, each.name, float(body[each.name]))
        return to_plain(settings)

    def change_events(self, body: Body) -> Answer:
        events = self._exchange.events
        for each in fields(EventSettings):
            if each.name in body:
                setattr(events.settings, each.name, body[each.name])
        if not events.settings.interleaved:
            events.release()
        if "lose" in body:
            self._lose(bool(body["lose"]), body.get("uid"))
        return to_plain(events.settings) | {"lost_for": sorted(events.lost_for)}

    def count_events(self, body: Body) -> Answer:
        events = self._exchange.events
        return {"published": events.published, "delivered": events.delivered}

    def tick(self, body: Body) -> Answer:
        self._feed.tick()
        return {}

    def end_streams_of(self, key: str) -> None:
        """What becomes of the subscriptions of a key that may not have them any more: revoked, not
        reading, or from another address. They end where the exchange is set to do it."""
        if not self._exchange.events.settings.revoked_key_ends_stream:
            return
        accounts = self._exchange.accounts
        for connection in self._sockets.chosen():
            session = connection.session
            if isinstance(session, UserSession) and not accounts.may_read(key, connection.address):
                session.end_subscriptions_of(key)

    def _lose(self, lose: bool, uid: Any) -> None:  # noqa: ANN401
        events = self._exchange.events
        if uid is None:
            events.settings.lost_for_all = lose
            if not lose:
                events.lost_for.clear()
        elif lose:
            events.lost_for.add(int(uid))
        else:
            events.lost_for.discard(int(uid))

    def _chosen(self, body: Body) -> list[Connection]:
        number = body.get("number")
        return self._sockets.chosen(
            number=None if number is None else int(number),
            kind=body.get("kind"),
            address=body.get("address"),
        )


def _described(connection: Connection) -> Answer:
    session = connection.session
    uids = [each.uid for each in session.subscriptions] if isinstance(session, UserSession) else []
    return {
        "number": connection.number,
        "kind": connection.kind,
        "address": connection.address,
        "uids": uids,
        "frozen": connection.frozen,
        "swallowed": connection.swallowed,
    }
