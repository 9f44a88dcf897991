import pytest

from sandbox.open_account import BadAccount, balances_of, days_of, main


def test_words_become_quantities_by_coin() -> None:
    assert balances_of(["USDT=5000", "btc=0.10"]) == {"USDT": "5000", "BTC": "0.1"}


@pytest.mark.parametrize("word", ["USDT", "=5", "USDT=", "USDT=-1", "USDT=0", "USDT=NaN", "BTC=x"])
def test_what_is_no_quantity_is_named(word: str) -> None:
    with pytest.raises(BadAccount, match=word or "like"):
        balances_of([word])


def test_an_account_needs_something_in_it() -> None:
    with pytest.raises(BadAccount, match="USDT=5000"):
        balances_of([])


def test_an_account_may_have_lain_there_for_days() -> None:
    assert days_of(["USDT=5"]) == (["USDT=5"], 0)
    assert days_of(["USDT=5", "--days", "30"]) == (["USDT=5"], 30)


@pytest.mark.parametrize("told", [[], ["x"], ["-1"], ["91"], ["3", "4", "5"]])
def test_what_is_no_number_of_days_is_refused(told: list[str]) -> None:
    with pytest.raises(BadAccount, match="--days"):
        days_of(["USDT=5", "--days", *told])


def test_without_a_running_league_it_says_so(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SANDBOX_FOLDER", str(tmp_path))
    assert main(["me", "USDT=5"]) == 1
    assert "make run" in capsys.readouterr().err
