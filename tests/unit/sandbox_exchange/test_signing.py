"""The official examples and the positions a signature may stand in."""

import pytest

from sandbox.exchange.signing import (
    hmac_matches,
    hmac_signature,
    rest_signed_text,
    socket_signed_text,
)

OFFICIAL_SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
OFFICIAL_TEXT = (
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
    "&recvWindow=5000&timestamp=1499827319559"
)
OFFICIAL_SIGNATURE = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"
KEY = "CMLTESTKEY000000000000000000000000000000000000000000000000000001"
SECRET = "CMLTESTSECRET000000000000000000000000000000000000000000000000001"


def test_the_official_example_is_reproduced() -> None:
    assert hmac_signature(OFFICIAL_SECRET, OFFICIAL_TEXT) == OFFICIAL_SIGNATURE


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        (
            "omitZeroBalances=true&recvWindow=10000&timestamp=1790000000000",
            "da47593db635547e109bab4da566f4566e0769e81fcd1f3c618edba87bba90c2",
        ),
        (
            "newClientOrderId=cml-000001&quoteOrderQty=50&recvWindow=10000&side=BUY"
            "&symbol=BTCUSDT&timestamp=1790000000000&type=MARKET",
            "9c1226872e887e148c80fa93fa9e1904e53f75c29838b0790f0ca961fc5f3164",
        ),
    ],
)
def test_rest_vectors_hold(text: str, signature: str) -> None:
    assert hmac_matches(SECRET, text, signature)


@pytest.mark.parametrize(
    ("more", "signature"),
    [
        ({}, "ea497700db415b140a1036db999429effe0cf18200cc7438b2bda2c85fd33f7b"),
        (
            {"recvWindow": "10000"},
            "4edddf1ef17a38da954d1f2089eab34ee4311c4841d54377acca51914747bf7a",
        ),
    ],
)
def test_socket_vectors_hold_in_any_order_of_parameters(
    more: dict[str, str], signature: str
) -> None:
    text = socket_signed_text({"timestamp": "1790000000000", **more, "apiKey": KEY})
    assert hmac_matches(SECRET, text, signature)


def test_the_case_of_a_signature_does_not_matter() -> None:
    assert hmac_matches(OFFICIAL_SECRET, OFFICIAL_TEXT, OFFICIAL_SIGNATURE.upper())


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("signature=abc&a=1", "b=2"),
        ("a=1&signature=abc", "b=2"),
        ("a=1", "signature=abc&b=2"),
        ("a=1", "b=2&signature=abc"),
    ],
)
def test_a_signature_may_stand_anywhere_and_is_not_part_of_the_text(query: str, body: str) -> None:
    assert rest_signed_text(query, body) == ("a=1b=2", "abc")


def test_the_text_stays_percent_encoded() -> None:
    assert rest_signed_text("a=%2F%20&signature=x", "") == ("a=%2F%20", "x")


def test_an_absent_signature_is_none() -> None:
    assert rest_signed_text("a=1", "b=2") == ("a=1b=2", None)
