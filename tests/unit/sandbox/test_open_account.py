import pytest

from sandbox.open_account import BadAccount, balances_of, main


def test_words_become_quantities_by_coin() -> None:
    assert balances_of(["USDT=5000", "btc=0.10"]) == {"USDT": "5000", "BTC": "0.1"}


@pytest.mark.parametrize("word", ["USDT", "=5", "USDT=", "USDT=-1", "USDT=0", "USDT=NaN", "BTC=x"])
def test_what_is_no_quantity_is_named(word: str) -> None:
    with pytest.raises(BadAccount, match=word or "like"):
        balances_of([word])


def test_an_account_needs_something_in_it() -> None:
    with pytest.raises(BadAccount, match="USDT=5000"):
        balances_of([])


def test_without_a_running_league_it_says_so(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SANDBOX_FOLDER", str(tmp_path))
    assert main(["me", "USDT=5"]) == 1
    assert "make run" in capsys.readouterr().err
