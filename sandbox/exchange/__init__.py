"""The local exchange: speaks Binance's REST and WebSocket API, on loopback only."""
