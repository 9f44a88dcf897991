"""GET /me/first-day: what a trader sees before he has a rank, so that his day is not empty."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from chalice import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.domain.own_windows import OwnWindow
from chalicelib.domain.windows import hour_start
from chalicelib.entrypoints import http
from chalicelib.entrypoints.accounts_api import AccountAnswer, account_answers
from chalicelib.entrypoints.http import Answer, Percent, percent
from chalicelib.entrypoints.owner_answers import NotRankedAnswer, not_ranked_answer
from chalicelib.entrypoints.parameters import Query, query
from chalicelib.entrypoints.profile_answers import PerformanceAnswer
from chalicelib.entrypoints.profile_api import own_performance
from chalicelib.entrypoints.viewer import signed_in

blueprint = Blueprint(__name__)

_DAYS: Final = timedelta(days=30)


class FirstWindowAnswer(Answer):
    """Where one stands in a window, or when and where one will."""

    rank: int | None
    ranked: int = Field(description="How many have a rank in this window.")
    ranked_at: str | None = Field(
        description="The hour from which on there is a rank, at the latest; null when there is"
        " one, or when only the trader can change it."
    )
    ranked_in_s: int | None
    not_ranked: list[NotRankedAnswer] = Field(description="What is missing.")
    preview_pct: Percent | None = Field(description="His number, or one with imported days in it.")
    would_stand: int | None = Field(description="The rank that the preview would have.")


class FirstWindowsAnswer(Answer):
    """The three windows."""

    day: FirstWindowAnswer = Field(serialization_alias="24h")
    week: FirstWindowAnswer = Field(serialization_alias="7d")
    month: FirstWindowAnswer = Field(serialization_alias="30d")


class FirstDayAnswer(Answer):
    """Accounts, the way to a rank, and the last 30 days, imported ones included. A preview that
    only the trader sees."""

    as_of: str | None
    accounts: list[AccountAnswer]
    windows: FirstWindowsAnswer | None = Field(description="null before the league's first board.")
    line: PerformanceAnswer


OPERATIONS = (
    http.Operation(
        "/me/first-day",
        "The way to a rank, and what was brought in from before joining; a preview.",
        FirstDayAnswer,
        problems=(HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED),
        signed_in=True,
    ),
)


@blueprint.route("/me/first-day", methods=["GET"])
@http.guarded
def get_first_day() -> Response:
    """His first day."""
    request = blueprint.current_request
    viewer, now = signed_in(request), wiring.now()
    query(Query, request)
    line, hour = own_performance(viewer.trader, (now - _DAYS).date(), now.date(), now)
    answer = FirstDayAnswer(
        as_of=http.as_of(hour),
        accounts=account_answers(viewer.trader),
        windows=_windows(wiring.explain_windows(viewer.trader), now),
        line=line,
    )
    return http.private(answer)


def _windows(windows: dict[str, OwnWindow], now: datetime) -> FirstWindowsAnswer | None:
    answers = {name: _window(each, now) for name, each in windows.items()}
    if len(answers) < len(FirstWindowsAnswer.model_fields):
        return None
    return FirstWindowsAnswer(day=answers["24h"], week=answers["7d"], month=answers["30d"])


def _window(window: OwnWindow, now: datetime) -> FirstWindowAnswer:
    hour = _ranked_from(window)
    wait = None if hour is None else max(hour_start(hour) - now, timedelta(0))
    return FirstWindowAnswer(
        rank=window.rank,
        ranked=window.ranked,
        ranked_at=http.as_of(hour),
        ranked_in_s=None if wait is None else int(wait.total_seconds()),
        not_ranked=[not_ranked_answer(each) for each in window.not_ranked],
        preview_pct=percent(window.preview),
        would_stand=window.would_stand,
    )


def _ranked_from(window: OwnWindow) -> int | None:
    """The hour in which the last of the reasons ends; None when there is none, or one without an
    end."""
    ends = [each.until for each in window.not_ranked]
    known = [each for each in ends if each is not None]
    return max(known) if known and len(known) == len(ends) else None
