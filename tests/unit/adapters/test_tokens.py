"""Which access tokens are believed."""

from datetime import timedelta

import pytest

from chalicelib.adapters.tokens import KeyDocument, KeyRing, TokenVerifier
from chalicelib.domain.errors import NotSignedIn, StoreUnavailable
from tests.builders import NOON
from tests.token_maker import CLIENT, ISSUER, TokenMaker, refused_tokens

MINUTE = timedelta(minutes=1)
REFUSED = refused_tokens(TokenMaker(NOON))


def verifier(maker: TokenMaker) -> TokenVerifier:
    return TokenVerifier(ISSUER, CLIENT, KeyRing(maker.document))


@pytest.fixture
def maker() -> TokenMaker:
    return TokenMaker(NOON)


def test_a_token_of_our_provider_names_its_trader(maker: TokenMaker) -> None:
    assert verifier(maker).trader_of(maker.token(), NOON) == "ADA"


def test_it_counts_until_the_second_it_expires(maker: TokenMaker) -> None:
    checks, token = verifier(maker), maker.token()
    assert checks.trader_of(token, NOON + timedelta(seconds=899)) == "ADA"
    with pytest.raises(NotSignedIn):
        checks.trader_of(token, NOON + timedelta(seconds=900))


def test_a_provider_whose_clock_is_seconds_ahead_is_believed(maker: TokenMaker) -> None:
    ahead = int(NOON.timestamp()) + 5
    assert verifier(maker).trader_of(maker.token(iat=ahead, nbf=ahead), NOON) == "ADA"


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
def test_a_token_is_refused_that_is(token: str, maker: TokenMaker) -> None:
    with pytest.raises(NotSignedIn) as refused:
        verifier(maker).trader_of(token, NOON)
    assert str(refused.value) == "the access token is not valid; sign in again"


def test_keys_are_fetched_once_for_many_tokens(maker: TokenMaker) -> None:
    checks = verifier(maker)
    for minute in range(10):
        checks.trader_of(maker.token(jti=str(minute)), NOON + minute * MINUTE)
    assert maker.asked == 1


def test_a_new_key_of_the_provider_is_found(maker: TokenMaker) -> None:
    checks = verifier(maker)
    checks.trader_of(maker.token(), NOON)
    maker.published.append("second")
    maker.key_id = "second"
    assert checks.trader_of(maker.token(), NOON + MINUTE) == "ADA"
    assert maker.asked == 2


def test_a_key_that_was_withdrawn_counts_no_longer_after_hours(maker: TokenMaker) -> None:
    checks = verifier(maker)
    checks.trader_of(maker.token(), NOON)
    maker.published = ["second"]
    later = TokenMaker(NOON + timedelta(hours=7))
    with pytest.raises(NotSignedIn):
        checks.trader_of(later.token(), later.now)


def test_unknown_keys_make_us_ask_once_a_minute_at_most(maker: TokenMaker) -> None:
    checks = verifier(maker)
    checks.trader_of(maker.token(), NOON)
    for number in range(120):
        stranger = TokenMaker(NOON, f"stranger {number % 3}")
        with pytest.raises(NotSignedIn):
            checks.trader_of(stranger.token(), NOON + timedelta(seconds=number))
    assert maker.asked == 2


def test_keys_stay_in_use_while_the_provider_does_not_answer(maker: TokenMaker) -> None:
    asked: list[int] = []

    def fetch() -> KeyDocument:
        asked.append(1)
        if len(asked) > 1:
            raise StoreUnavailable("gone")
        return maker.document()

    checks = TokenVerifier(ISSUER, CLIENT, KeyRing(fetch))
    assert checks.trader_of(maker.token(), NOON) == "ADA"
    later = TokenMaker(NOON + timedelta(hours=7))
    assert checks.trader_of(later.token(), later.now) == "ADA"
    assert len(asked) == 2


def test_without_any_key_nobody_is_refused_for_good(maker: TokenMaker) -> None:
    asked: list[int] = []

    def fetch() -> KeyDocument:
        asked.append(1)
        raise StoreUnavailable("not there yet")

    checks = TokenVerifier(ISSUER, CLIENT, KeyRing(fetch))
    for second in (0, 1, 2):
        with pytest.raises(StoreUnavailable):
            checks.trader_of(maker.token(), NOON + timedelta(seconds=second))
    assert len(asked) == 2


def test_a_key_set_of_other_kinds_of_keys_signs_nobody_in(maker: TokenMaker) -> None:
    [key] = maker.document()["keys"]
    others = [key | {"use": "enc"}, key | {"alg": "RS512"}, {"kty": "oct", "kid": "first"}]
    checks = TokenVerifier(ISSUER, CLIENT, KeyRing(lambda: {"keys": others}))
    with pytest.raises(NotSignedIn):
        checks.trader_of(maker.token(), NOON)
