from pathlib import Path

from sandbox.run import welcome
from sandbox.standing import Addresses, write_keys


def test_it_has_a_sign_in_and_how_to_see_a_trade_of_it_arrive(tmp_path: Path) -> None:
    write_keys(tmp_path, {"Ada": {"key": "k", "secret": "s", "password": "p"}})
    site = "http://127.0.0.1:1"
    said = welcome(tmp_path, Addresses(site, "api", "exchange", "ingest", "tables"))
    lines = said.split("\n")
    assert lines[0] == f"READY {site}"
    assert "Sign in as Ada, password p" in lines
    assert "  .venv/bin/python -m sandbox.trade Ada BUY BTCUSDT 100" in lines
    assert f"  {site}/t/Ada" in lines
    assert "docs/one-machine.md#come-in-yourself" in said
