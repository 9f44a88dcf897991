"""Bodies of requests, strictly: JSON of a known shape and small; what was sent is never quoted.

Whoever changes something must send a header of our own: a form or a picture on another site
cannot, and a script there would have to ask first, which the API refuses to all other sites.
"""

import json
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from chalicelib.domain.errors import InvalidRequest, NotAllowed, TooLarge

OWN_HEADER: Final = "X-League-Request"
LONGEST_BODY: Final = 8192
"""Bytes."""

B = TypeVar("B", bound="Body")


class Body(BaseModel):
    """The body of a request; other fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


def require_own(request: Any) -> None:  # noqa: ANN401 (chalice has no types)
    """Raises NotAllowed when our header is missing, TooLarge for a body of any size that no
    route takes."""
    if not request.headers.get(OWN_HEADER):
        raise NotAllowed(f"send the header {OWN_HEADER}: 1 with this request")
    if len(request.raw_body) > LONGEST_BODY:
        raise TooLarge(f"the body has more than {LONGEST_BODY} bytes; nothing here needs as many")


def body(model: type[B], request: Any) -> B:  # noqa: ANN401 (chalice has no types)
    """What was sent. Raises InvalidRequest naming the field that is missing, unknown or not of
    its kind, and as `require_own`."""
    require_own(request)
    try:
        content = json.loads(request.raw_body)
        json.dumps(content, ensure_ascii=False).encode()  # half a character cannot be sent on
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("the body is not JSON; send an object like {}") from error
    if not isinstance(content, dict):
        raise InvalidRequest("the body is JSON but no object; send one like {}")
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InvalidRequest(_sentence(model, error)) from None


def _sentence(model: type[Body], error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "extra_forbidden":
        known = ", ".join(model.model_fields)
        return f"there is a field here that is not known; known are: {known}"
    wish = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if not first["loc"]:
        return wish
    name = first["loc"][0]
    if first["type"] == "missing":
        return f"the field {name} is missing"
    return f"the field {name} {wish.replace('String should', 'should')}"
