"""The Identity port: on the sandbox's strict user pool in full, on moto where moto can."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from chalicelib.adapters.cognito import CognitoIdentity
from chalicelib.domain.errors import Conflict, InvalidRequest, NotFound, NotSignedIn, WrongCode
from chalicelib.services.identity_ports import Challenge, Identity, Session, SignUp
from sandbox.identity import totp
from sandbox.identity.make import make_pool
from sandbox.identity.service import REGION
from tests.builders import NOON
from tests.identity_pool import PASSWORD, StrictPool

ADA = SignUp("ADA", "Ada", "ada@example.org", PASSWORD)
NEW = "another good sentence"


@pytest.fixture
def pool() -> StrictPool:
    return StrictPool()


@dataclass
class Provider:
    """One of the two, and where its newest code is read."""

    identity: Identity
    code: Callable[[], str]
    now: Callable[[], datetime]
    later: Callable[[], datetime]


@pytest.fixture(scope="module")
def moto() -> Iterator[CognitoIdentity]:
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP", "true")
        patch.setattr("moto.cognitoidp.utils.time", SimpleNamespace(time=NOON.timestamp))
        client = boto3.client("cognito-idp", region_name=REGION)
        yield CognitoIdentity(client, *make_pool(client))


@pytest.fixture(params=["strict", "moto"])
def provider(request: pytest.FixtureRequest) -> Provider:
    if request.param == "strict":
        pool = StrictPool()

        def later() -> datetime:
            pool.wait(seconds=30)
            return pool.now

        return Provider(pool.identity, pool.code, lambda: pool.now, later)
    made: Identity = request.getfixturevalue("moto")
    made.delete("ADA")
    return Provider(made, lambda: "000000", lambda: NOON, lambda: NOON)  # moto takes any code


@pytest.fixture
def identity(provider: Provider) -> Identity:
    return provider.identity


# What both can show.


def test_who_signed_up_is_known_and_not_confirmed(identity: Identity) -> None:
    identity.sign_up(ADA)
    person = identity.person("ADA")
    assert (person.trader_id, person.name, person.email) == ("ADA", "Ada", "ada@example.org")
    assert not person.confirmed
    assert not person.second_factor


def test_a_trader_id_signs_up_once(identity: Identity) -> None:
    identity.sign_up(ADA)
    with pytest.raises(Conflict, match="ADA"):
        identity.sign_up(ADA)


def test_a_password_that_the_pool_does_not_take_is_refused_unquoted(identity: Identity) -> None:
    with pytest.raises(InvalidRequest, match="too weak") as refused:
        identity.sign_up(SignUp("ADA", "Ada", "ada@example.org", "tooshort1"))
    assert "tooshort1" not in str(refused.value)


@pytest.mark.parametrize(("login", "password"), [("ADA", NEW), ("NOBODY", PASSWORD), ("ADA", "")])
def test_a_wrong_password_and_an_unknown_login_are_the_same(
    identity: Identity, login: str, password: str
) -> None:
    identity.sign_up(ADA)
    with pytest.raises(NotSignedIn) as refused:
        identity.sign_in(login, password)
    assert str(refused.value).startswith("name or password is not right")


def test_nobody_is_found_under_an_unknown_login(identity: Identity) -> None:
    with pytest.raises(NotFound):
        identity.person("NOBODY")


def test_who_deletes_himself_is_gone_and_may_be_deleted_again(identity: Identity) -> None:
    identity.sign_up(ADA)
    identity.delete("ADA")
    identity.delete("ADA")
    with pytest.raises(NotFound):
        identity.person("ADA")


def test_asking_for_a_code_for_nobody_tells_nothing(identity: Identity) -> None:
    identity.forgot("NOBODY")


def session_of_ada(provider: Provider) -> Session:
    provider.identity.sign_up(ADA)
    provider.identity.confirm("ADA", provider.code())
    session = provider.identity.sign_in("ADA", PASSWORD)
    assert isinstance(session, Session)
    return session


def test_a_session_begins_with_both_tokens(provider: Provider) -> None:
    session = session_of_ada(provider)
    assert session.access_token.count(".") == 2
    assert session.refresh_token
    assert session.refresh_token not in repr(session)
    assert session.access_token not in repr(session)


def test_a_password_is_changed_by_its_owner_alone(provider: Provider) -> None:
    identity, token = provider.identity, session_of_ada(provider).access_token
    for shown, old in ((token, "not the old one"), ("no token", PASSWORD)):
        with pytest.raises(NotSignedIn):
            identity.change_password(shown, old, NEW)
    with pytest.raises(InvalidRequest, match="too weak"):
        identity.change_password(token, PASSWORD, "short")
    identity.change_password(token, PASSWORD, NEW)
    identity.sign_in("ADA", NEW)
    with pytest.raises(NotSignedIn):
        identity.sign_in("ADA", PASSWORD)


def test_a_code_by_mail_sets_a_new_password(provider: Provider) -> None:
    session_of_ada(provider)
    provider.identity.forgot("ADA")
    provider.identity.reset("ADA", provider.code(), NEW)
    assert isinstance(provider.identity.sign_in("ADA", NEW), Session)
    with pytest.raises(NotSignedIn):
        provider.identity.sign_in("ADA", PASSWORD)


def test_the_authenticators_code_is_asked_for_until_it_is_removed(provider: Provider) -> None:
    identity, token = provider.identity, session_of_ada(provider).access_token
    with pytest.raises(NotSignedIn):
        identity.start_second_factor("no token")
    secret = identity.start_second_factor(token)
    with pytest.raises(WrongCode):
        identity.confirm_second_factor(token, "no code")
    identity.confirm_second_factor(token, totp.code_at(secret, provider.now()))
    assert identity.person("ADA").second_factor
    challenge = identity.sign_in("ADA", PASSWORD)
    assert isinstance(challenge, Challenge)
    assert challenge.trader_id == "ADA"
    with pytest.raises(WrongCode):
        identity.answer(challenge, "no code")
    answered = identity.answer(challenge, totp.code_at(secret, provider.later()))
    assert answered.refresh_token
    identity.remove_second_factor("ADA")
    assert isinstance(identity.sign_in("ADA", PASSWORD), Session)


# What only the strict pool can show.


def test_the_right_code_confirms_once(pool: StrictPool) -> None:
    pool.identity.sign_up(ADA)
    code = pool.code()
    with pytest.raises(NotSignedIn):
        pool.identity.sign_in("ADA", PASSWORD)
    pool.identity.confirm("ADA", code)
    assert pool.identity.person("ADA").confirmed
    pool.sign_in("ADA")
    with pytest.raises(WrongCode):
        pool.identity.confirm("ADA", code)


@pytest.mark.parametrize("code", ["000000", "", " ", "12345\n", "x" * 3000, "１２３４５６"])
def test_a_wrong_code_confirms_nothing(pool: StrictPool, code: str) -> None:
    pool.identity.sign_up(ADA)
    with pytest.raises(WrongCode, match="not right or too old"):
        pool.identity.confirm("ADA", code if code != pool.code() else "999999")
    assert not pool.identity.person("ADA").confirmed


def test_a_late_code_a_replaced_one_and_nobodys_are_wrong(pool: StrictPool) -> None:
    pool.identity.sign_up(ADA)
    first = pool.code()
    pool.identity.resend("ADA")
    second = pool.code()
    if first != second:
        with pytest.raises(WrongCode):
            pool.identity.confirm("ADA", first)
    pool.wait(hours=24)
    for trader, code in (("ADA", second), ("NOBODY", second)):
        with pytest.raises(WrongCode):
            pool.identity.confirm(trader, code)


def test_after_five_wrong_tries_the_right_code_is_dead_too(pool: StrictPool) -> None:
    pool.identity.sign_up(ADA)
    wrong = "000000" if pool.code() != "000000" else "000001"
    for _ in range(5):
        with pytest.raises(WrongCode):
            pool.identity.confirm("ADA", wrong)
    with pytest.raises(WrongCode):
        pool.identity.confirm("ADA", pool.code())
    pool.identity.resend("ADA")
    pool.identity.confirm("ADA", pool.code())


def test_an_address_signs_in_from_its_confirmation_on(pool: StrictPool) -> None:
    pool.identity.sign_up(ADA)
    with pytest.raises(NotFound):
        pool.identity.person("ada@example.org")
    pool.identity.confirm("ADA", pool.code())
    assert pool.identity.person("ada@example.org").trader_id == "ADA"
    pool.sign_in("ada@example.org")


def test_of_two_sign_ups_with_one_address_the_first_confirmed_has_it(pool: StrictPool) -> None:
    for trader in ("EVE", "ADA"):
        pool.identity.sign_up(SignUp(trader, trader, "ada@example.org", f"{trader} {PASSWORD}"))
    [code_of_eve, code_of_ada] = [letter.text[-7:-1] for letter in pool.letters]
    pool.identity.confirm("ADA", code_of_ada)
    with pytest.raises(WrongCode):
        pool.identity.confirm("EVE", code_of_eve)
    pool.sign_in("ada@example.org", f"ADA {PASSWORD}")
    with pytest.raises(NotSignedIn):
        pool.identity.sign_in("ada@example.org", f"EVE {PASSWORD}")


def test_resending_stops_telling_after_a_while(pool: StrictPool) -> None:
    pool.identity.sign_up(ADA)
    for _ in range(10):
        pool.identity.resend("ADA")
        pool.identity.resend("NOBODY")
    assert len(pool.letters) == 5
    pool.identity.confirm("ADA", pool.code())
    pool.identity.resend("ADA")


def test_an_access_token_is_ours_and_lasts_a_quarter_of_an_hour(pool: StrictPool) -> None:
    pool.join()
    session = pool.sign_in()
    assert session.lasts_s == 900
    assert pool.tokens.trader_of(session.access_token, pool.now) == "ADA"
    with pytest.raises(NotSignedIn):
        pool.tokens.trader_of(session.access_token, pool.now + timedelta(seconds=900))
    pool.wait(minutes=15)
    with pytest.raises(NotSignedIn):
        pool.identity.start_second_factor(session.access_token)


def test_a_lock_grows_with_wrong_passwords_and_looks_like_one(pool: StrictPool) -> None:
    pool.join()
    for _ in range(8):
        with pytest.raises(NotSignedIn):
            pool.identity.sign_in("ADA", NEW)
        pool.wait(seconds=5)
    with pytest.raises(NotSignedIn):
        pool.identity.sign_in("ADA", NEW)
    with pytest.raises(NotSignedIn):
        pool.identity.sign_in("ADA", PASSWORD)
    pool.wait(minutes=15)
    pool.sign_in()


def test_a_refresh_token_is_replaced_by_its_use(pool: StrictPool) -> None:
    pool.join()
    first = pool.sign_in()
    second = pool.identity.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert pool.tokens.trader_of(second.access_token, pool.now) == "ADA"
    with pytest.raises(NotSignedIn):
        pool.identity.refresh(first.refresh_token)
    pool.identity.refresh(second.refresh_token)


@pytest.mark.parametrize("token", ["", "x", "x" * 5000])
def test_a_refresh_token_of_nobody_brings_no_session(pool: StrictPool, token: str) -> None:
    with pytest.raises(NotSignedIn, match="session is over"):
        pool.identity.refresh(token)
    pool.identity.sign_out(token)


def test_a_session_cannot_be_refreshed_for_ever(pool: StrictPool) -> None:
    pool.join()
    session = pool.sign_in()
    for _ in range(3):
        pool.wait(days=9)
        session = pool.identity.refresh(session.refresh_token)
    pool.wait(days=3)
    with pytest.raises(NotSignedIn):
        pool.identity.refresh(session.refresh_token)


def test_signing_out_ends_what_follows_from_one_session(pool: StrictPool) -> None:
    pool.join()
    here, there = pool.sign_in(), pool.sign_in()
    pool.identity.sign_out(pool.identity.refresh(here.refresh_token).refresh_token)
    for token in (here.refresh_token, here.refresh_token):
        with pytest.raises(NotSignedIn):
            pool.identity.refresh(token)
    with pytest.raises(NotSignedIn):
        pool.identity.start_second_factor(here.access_token)
    again = pool.identity.refresh(there.refresh_token)
    pool.identity.sign_out_everywhere("ADA")
    with pytest.raises(NotSignedIn):
        pool.identity.refresh(again.refresh_token)
    pool.identity.sign_out(here.refresh_token)


@pytest.mark.parametrize("login", ["ADA", "ada@example.org"])
def test_a_forgotten_password_is_reset_by_a_code(pool: StrictPool, login: str) -> None:
    pool.join()
    pool.identity.forgot(login)
    code = pool.code()
    with pytest.raises(InvalidRequest, match="too weak"):
        pool.identity.reset(login, code, "short")
    with pytest.raises(WrongCode):
        pool.identity.reset("NOBODY", code, NEW)
    pool.identity.reset(login, code, NEW)
    pool.sign_in("ADA", NEW)
    with pytest.raises(WrongCode):
        pool.identity.reset(login, code, PASSWORD)


def test_a_code_is_good_for_its_purpose_alone(pool: StrictPool) -> None:
    pool.identity.sign_up(ADA)
    with pytest.raises(WrongCode):
        pool.identity.reset("ADA", pool.code(), NEW)
    pool.identity.confirm("ADA", pool.code())
    pool.identity.forgot("ADA")
    session = pool.sign_in()
    pool.identity.change_email(session.access_token, "ada@new.example.org")
    with pytest.raises(WrongCode):
        pool.identity.confirm_email(session.access_token, pool.code())
    pool.wait(hours=1)
    with pytest.raises(WrongCode):
        pool.identity.reset("ADA", pool.code(), NEW)


def test_a_new_address_counts_once_it_is_confirmed(pool: StrictPool) -> None:
    pool.join()
    session = pool.sign_in()
    pool.identity.change_email(session.access_token, "ada@new.example.org")
    pool.sign_in("ada@example.org")
    with pytest.raises(NotSignedIn):
        pool.identity.sign_in("ada@new.example.org", PASSWORD)
    pool.identity.confirm_email(session.access_token, pool.code("ada@new.example.org"))
    pool.sign_in("ada@new.example.org")
    assert pool.identity.person("ADA").email == "ada@new.example.org"
    with pytest.raises(NotSignedIn):
        pool.identity.sign_in("ada@example.org", PASSWORD)


def test_an_address_of_another_cannot_be_taken(pool: StrictPool) -> None:
    pool.join()
    pool.join("BOB", "Bob", "bob@example.org")
    session = pool.sign_in("BOB")
    with pytest.raises(Conflict):
        pool.identity.change_email(session.access_token, "ada@example.org")
    with pytest.raises(NotSignedIn):
        pool.identity.change_email("no token", "bob@new.example.org")
    with pytest.raises(NotSignedIn):
        pool.identity.confirm_email("no token", "123456")


def test_a_second_factor_is_asked_for_once_it_is_confirmed(pool: StrictPool) -> None:
    pool.join()
    session = pool.sign_in()
    secret = pool.identity.start_second_factor(session.access_token)
    pool.sign_in()
    with pytest.raises(WrongCode):
        pool.identity.confirm_second_factor(session.access_token, "000000")
    pool.identity.confirm_second_factor(session.access_token, pool.app_code(secret))
    assert pool.identity.person("ADA").second_factor
    pool.wait(seconds=30)
    challenge = pool.identity.sign_in("ada@example.org", PASSWORD)
    assert isinstance(challenge, Challenge)
    assert challenge.trader_id == "ADA"
    with pytest.raises(WrongCode):
        pool.identity.answer(challenge, "000000")
    answered = pool.identity.answer(challenge, pool.app_code(secret))
    assert pool.tokens.trader_of(answered.access_token, pool.now) == "ADA"
    with pytest.raises(NotSignedIn):
        pool.identity.answer(challenge, pool.app_code(secret))
    pool.identity.remove_second_factor("ADA")
    pool.sign_in()


def test_a_code_of_the_app_counts_once_and_a_challenge_for_minutes(pool: StrictPool) -> None:
    pool.join()
    secret = pool.use_second_factor(pool.sign_in())
    challenge = pool.identity.sign_in("ADA", PASSWORD)
    assert isinstance(challenge, Challenge)
    with pytest.raises(WrongCode):
        pool.identity.answer(challenge, pool.app_code(secret))
    pool.wait(minutes=3)
    with pytest.raises(NotSignedIn):
        pool.identity.answer(challenge, pool.app_code(secret))


def test_a_challenge_is_over_after_three_wrong_codes(pool: StrictPool) -> None:
    pool.join()
    secret = pool.use_second_factor(pool.sign_in())
    pool.wait(minutes=1)
    challenge = pool.identity.sign_in("ADA", PASSWORD)
    assert isinstance(challenge, Challenge)
    for _ in range(3):
        with pytest.raises(WrongCode):
            pool.identity.answer(challenge, "x")
    with pytest.raises(NotSignedIn):
        pool.identity.answer(challenge, pool.app_code(secret))
    with pytest.raises(NotSignedIn):
        pool.identity.answer(Challenge("BOB", challenge.state), pool.app_code(secret))


def test_a_deleted_ones_tokens_are_over(pool: StrictPool) -> None:
    pool.join()
    session = pool.sign_in()
    pool.identity.delete("ADA")
    with pytest.raises(NotSignedIn):
        pool.identity.refresh(session.refresh_token)
    with pytest.raises(NotSignedIn):
        pool.identity.start_second_factor(session.access_token)


def test_calls_without_the_clients_secret_are_refused(pool: StrictPool) -> None:
    pool.join()
    with pytest.raises(pool.client.exceptions.NotAuthorizedException, match="secret hash"):
        pool.client.forgot_password(ClientId=pool.client_id, Username="ADA")
