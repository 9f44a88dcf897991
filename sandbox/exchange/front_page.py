"""What the exchange says to somebody who opens its address in a browser."""

from __future__ import annotations

from html import escape

_TEXT = """\
This is a sandbox exchange on your own machine. It speaks Binance's REST and WebSocket API;
coins, prices and people are made up, and nothing leaves this computer.

  {address}/api      {address}/sapi      REST
  ws://{host}/ws-api/v3                    account events, many accounts on one connection
  ws://{host}/ws   ws://{host}/stream      market streams
  {address}/sandbox/                     the operator's calls (see sandbox/exchange/admin.py)

Look at a price:

  curl '{address}/api/v3/ticker/price?symbol=BTCUSDT'

Open an account with 1,000 USDT and a key that may trade:

  curl {address}/sandbox/accounts -d \\
    '{{"balances": {{"USDT": "1000"}}, "permissions": {{"spot_and_margin_trading": true}}}}'

Buy with it (from the project's folder; put in the key and secret you were given):

  .venv/bin/python -c "from sandbox.exchange.client import SignedClient as C; \\
    print(C('{address}', 'KEY', 'SECRET').market_order('BUY', 'BTCUSDT', quote='100'))"
"""


def front_page(address: str) -> str:
    text = _TEXT.format(address=address, host=address.removeprefix("http://"))
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>Sandbox exchange</title></head><body><pre>{escape(text)}</pre></body></html>"
    )
