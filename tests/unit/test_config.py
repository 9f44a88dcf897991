"""Settings come from the environment, and unsafe ones are refused."""

import pytest

from chalicelib.config import from_env
from chalicelib.domain.errors import InvalidRequest


def test_settings_take_their_names_from_the_fields() -> None:
    settings = from_env({"LEAGUE_STAGE": "prod", "LEAGUE_TABLE_PREFIX": "x-", "HOME": "/"})
    assert (settings.stage, settings.table_prefix) == ("prod", "x-")


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({}, "LEAGUE_STAGE is not set"),
        ({"LEAGUE_STAGE": "moon"}, "stage 'moon'"),
        ({"LEAGUE_STAGE": "prod", "LEAGUE_SPEED": "9"}, "LEAGUE_SPEED: no such setting"),
        ({"LEAGUE_STAGE": "prod", "LEAGUE_TABLES_URL": "nowhere"}, "tables_url: 'nowhere'"),
        ({"LEAGUE_STAGE": "dev", "LEAGUE_BINANCE_API_URL": "http://a.example"}, "not encrypted"),
        ({"LEAGUE_STAGE": "dev", "LEAGUE_SHARED_ADDRESS": "maybe"}, "shared_address: 'maybe'"),
        ({"LEAGUE_STAGE": "prod", "LEAGUE_CLOCK_URL": "http://127.0.0.1:1"}, "clock_url"),
    ],
)
def test_an_unusable_setting_is_named(environ: dict[str, str], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        from_env(environ)


def test_plain_http_is_allowed_on_this_machine() -> None:
    environ = {"LEAGUE_STAGE": "prod", "LEAGUE_TABLES_URL": "http://127.0.0.1:8000"}
    assert from_env(environ).tables_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("text", "found"),
    [("", []), ("192.0.2.1", ["192.0.2.1"]), ("192.0.2.1, 192.0.2.2", ["192.0.2.1", "192.0.2.2"])],
)
def test_our_own_addresses_are_told_apart(text: str, found: list[str]) -> None:
    settings = from_env({"LEAGUE_STAGE": "prod", "LEAGUE_FIXED_ADDRESSES": text})
    assert settings.own_addresses == found
