"""Names and credentials that can be used."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.credentials import checked_email, checked_password
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.names import checked_name
from sandbox.demo import cast


@pytest.mark.parametrize(
    "name", ["Ada", "a.b", "x_1", "007", "A" * 30, "Ada-Lovelace", "_ada_", "-3-", "harbour.lights"]
)
def test_a_name_can_be(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "ab", "A" * 31, "...", "___", ".well-known", "a b", "a/b", "a%2Fb", "Zoë", "ada\n", "a+b"],
)
def test_a_name_cannot_be(name: str) -> None:
    with pytest.raises(InvalidRequest, match="cannot be used; take 3 to 30 letters"):
        checked_name(name)


@pytest.mark.parametrize("name", ["admin", "Admin", "API", "sign-up", "Board"])
def test_a_name_that_passes_for_ours_is_reserved(name: str) -> None:
    with pytest.raises(InvalidRequest, match="reserved"):
        checked_name(name)


def test_every_demo_trader_has_a_name_that_can_be() -> None:
    names = [part.name for part in cast(200)]
    assert [checked_name(name) for name in names] == names


@settings(max_examples=50)
@given(st.text(max_size=40))
def test_whatever_passes_is_safe_in_an_address(name: str) -> None:
    try:
        checked_name(name)
    except InvalidRequest:
        return
    assert name.isascii()
    assert 3 <= len(name) <= 30
    assert not set(name) & set("/%?#&+ \\\"'<>:;")


@pytest.mark.parametrize("email", ["ada@example.org", "a.b+c@mail.example.co.uk", "x'y@ex-1.io"])
def test_an_address_is_kept_in_lower_case(email: str) -> None:
    assert checked_email(f" {email.upper()} ") == email


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "a b@example.org",
        "a..b@example.org",
        ".a@example.org",
        "a.@example.org",
        "ada@-example.org",
        "ada@example.org\nBcc: bob@example.org",
        "a" * 65 + "@example.org",
        "ada@" + "e" * 250 + ".org",
    ],
)
def test_what_is_no_address_is_refused_and_not_quoted(email: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked_email(email)
    assert str(refused.value) == "the e-mail address is not one; write it like ada@example.org"


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "has 5 characters"),
        ("x" * 91, "has 91 characters"),
        (" with a space first", "begins or ends with a space"),
        ("with a line\nend in it", "invisible"),
        ("ada_lovelace", "is your name or address"),
        ("ADA.LOVELACE@example.org", "is your name or address"),
        ("ada.lovelace", "is your name or address"),
    ],
)
def test_a_password_that_cannot_be_is_refused_and_not_quoted(password: str, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said) as refused:
        checked_password(password, name="Ada_Lovelace", email="ada.lovelace@example.org")
    assert password not in str(refused.value)


@pytest.mark.parametrize("password", ["0123456789", "a whole sentence will do", "pässwörter!"])
def test_length_is_what_counts_in_a_password(password: str) -> None:
    assert checked_password(password, name="Ada", email="ada@example.org") == password
