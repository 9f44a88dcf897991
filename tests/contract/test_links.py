"""The Links port: pairs made for traders, claims of keys, and whose an exchange's account is."""

from dataclasses import replace

import pytest

from chalicelib.domain.account import AccountState
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.services.link_ports import Binding, IssuedPair
from tests.builders import NOON, at, exchange_account
from tests.contract.stores import Fresh, Stores


def binding(fresh: Fresh, **changes: object) -> Binding:
    made = Binding("binance", str(fresh.number), fresh.trader, fresh.account, NOON)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_an_issued_pair_comes_back(stores: Stores, fresh: Fresh) -> None:
    pair = IssuedPair(fresh.account, fresh.trader, "binance", bytes(range(256)), at(hours=24))
    stores.links.keep_pair(pair)
    assert stores.links.issued_pair(fresh.account) == pair
    with pytest.raises(NotFound, match="another"):
        stores.links.issued_pair("another")


def test_an_issued_pair_is_destroyed_with_its_link(stores: Stores, fresh: Fresh) -> None:
    pair = IssuedPair(fresh.account, fresh.trader, "binance", b"sealed", at(hours=24))
    stores.links.keep_pair(pair)
    account = exchange_account(account_id=fresh.account, trader_id=fresh.trader, slot=fresh.number)
    stores.accounts.save(account)
    assert stores.links.issued_pair(fresh.account) == pair
    stores.accounts.save(replace(account, state=AccountState.UNLINKED, ciphertext=None))
    with pytest.raises(NotFound):
        stores.links.issued_pair(fresh.account)


def test_a_key_is_claimed_for_one_account_of_a_trader(stores: Stores, fresh: Fresh) -> None:
    claim = stores.links.claim_key
    assert claim(fresh.trader, "digest", "A") == "A"
    assert claim(fresh.trader, "digest", "B") == "A"
    assert claim(fresh.trader, "another digest", "B") == "B"
    assert claim(f"another than {fresh.trader}", "digest", "B") == "B"
    assert claim(fresh.trader, "digest", "C", instead_of="A") == "C"
    assert claim(fresh.trader, "digest", "D", instead_of="A") == "C"


def test_an_account_is_bound_once(stores: Stores, fresh: Fresh) -> None:
    mine, theirs = binding(fresh), binding(fresh, trader_id="another", account_id="B")
    assert stores.links.binding("binance", mine.uid) is None
    stores.links.bind(mine, None)
    with pytest.raises(Conflict):
        stores.links.bind(theirs, None)
    assert stores.links.binding("binance", mine.uid) == mine
    assert stores.links.binding("kraken", mine.uid) is None


def test_a_binding_moves_from_whom_it_was_read(stores: Stores, fresh: Fresh) -> None:
    mine, theirs = binding(fresh), binding(fresh, trader_id="another", account_id="B", proven=True)
    stores.links.bind(mine, None)
    stores.links.bind(theirs, mine)
    assert stores.links.binding("binance", mine.uid) == theirs
    with pytest.raises(Conflict):
        stores.links.bind(replace(mine, account_id="C"), mine)
