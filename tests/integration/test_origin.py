"""The API answers only what comes through the site."""

from collections.abc import Iterator

import pytest
from chalice.test import Client

import app as deployed
from chalicelib import wiring

NEW, OLD = "n" * 40, "o" * 40


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A process with the settings of a stage, and no stores in its place."""
    wiring.settings.cache_clear()
    monkeypatch.setenv("LEAGUE_STAGE", "prod")
    monkeypatch.setenv("LEAGUE_ORIGIN_SECRET", NEW)
    yield monkeypatch
    wiring.settings.cache_clear()


def asked(secret: str | None) -> tuple[int, str]:
    headers = {} if secret is None else {"X-Origin-Secret": secret}
    with Client(deployed.app) as client:
        answer = client.http.get("/openapi.json", headers=headers)
    return answer.status_code, str(answer.headers.get("Content-Type"))


@pytest.mark.parametrize("secret", [None, "", "none", OLD, NEW[:-1], NEW + "n", f"{NEW},{OLD}"])
def test_without_the_secret_nothing_is_answered(
    stage: pytest.MonkeyPatch, secret: str | None
) -> None:
    assert asked(secret) == (403, "application/problem+json")


def test_with_it_everything_is(stage: pytest.MonkeyPatch) -> None:
    assert asked(NEW) == (200, "application/json")


def test_while_it_changes_both_are_good(stage: pytest.MonkeyPatch) -> None:
    stage.setenv("LEAGUE_FORMER_ORIGIN_SECRET", OLD)
    assert [asked(each)[0] for each in (NEW, OLD, "x" * 40)] == [200, 200, 403]


@pytest.mark.parametrize("short", ["", "none", "n" * 31])
def test_a_stage_without_a_real_secret_answers_nobody(
    stage: pytest.MonkeyPatch, short: str
) -> None:
    stage.setenv("LEAGUE_ORIGIN_SECRET", short)
    assert asked(short)[0] == 403


def test_only_the_sandbox_may_do_without(stage: pytest.MonkeyPatch) -> None:
    stage.setenv("LEAGUE_ORIGIN_SECRET", "")
    stage.setenv("LEAGUE_STAGE", "sandbox")
    assert asked(None)[0] == 200


def test_no_text_of_the_settings_has_the_secret(stage: pytest.MonkeyPatch) -> None:
    assert NEW not in repr(wiring.settings())
