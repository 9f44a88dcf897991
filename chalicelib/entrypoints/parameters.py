"""Query parameters, strictly: each named, of its kind, once; everything else is refused."""

import re
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, WithJsonSchema

from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.windows import hour_of

_MOST_ECHOED = 40

Q = TypeVar("Q", bound="Query")


class Query(BaseModel):
    """The query parameters of a route; others are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_HOUR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:00Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _whole(value: object) -> object:
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("must be a whole number")
    return value


def _calendar_date(value: object) -> object:
    if isinstance(value, str):
        if not _DATE.fullmatch(value):
            raise ValueError("must be a date like 2026-03-01")
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError("must be a date like 2026-03-01") from error
    return value


def _full_hour(value: object) -> object:
    if isinstance(value, str):
        if not _HOUR.fullmatch(value):
            raise ValueError("must be a full hour like 2026-03-01T12:00Z")
        try:
            return hour_of(datetime.fromisoformat(value))
        except ValueError as error:
            raise ValueError("must be a full hour like 2026-03-01T12:00Z") from error
    return value


WholeNumber = Annotated[int, BeforeValidator(_whole)]
CalendarDate = Annotated[date, BeforeValidator(_calendar_date)]
FullHour = Annotated[int, BeforeValidator(_full_hour), WithJsonSchema({"type": "string"})]
"""An hour number, sent as the instant at which the hour starts."""


def query(model: type[Q], request: Any) -> Q:  # noqa: ANN401 (chalice has no types)
    """The request's parameters, an empty one as if absent.

    Raises InvalidRequest, naming the parameter, for one that is unknown, repeated or not of
    its kind.
    """
    given = request.query_params
    values = {name: given.getlist(name) for name in given} if given else {}
    for name, each in values.items():
        if len(each) > 1:
            raise InvalidRequest(f"the parameter {name} is there {len(each)} times; send it once")
    try:
        return model.model_validate({name: value for name, [value] in values.items() if value})
    except ValidationError as error:
        raise InvalidRequest(_sentence(model, error)) from error


def _sentence(model: type[Query], error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        known = ", ".join(field.alias or each for each, field in model.model_fields.items())
        return f"there is no parameter {name!r} here; known are: {known or 'none'}"
    wish = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    wish = wish.replace("String should", "should")
    return f"the parameter {name} is {str(first['input'])[:_MOST_ECHOED]!r} but {wish}"
