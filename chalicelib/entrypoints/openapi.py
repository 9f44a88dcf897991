"""The document of the HTTP interface (OpenAPI 3.1), built from the models the routes use.

`python -m chalicelib.entrypoints.openapi` prints what is kept as docs/openapi.json.
"""

import json
from functools import cache
from http import HTTPStatus
from typing import Any

from chalice import Blueprint, Response
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chalicelib.entrypoints import board_api, http, profile_api
from chalicelib.entrypoints.parameters import Query, query

blueprint = Blueprint(__name__)

OPERATIONS = board_api.OPERATIONS + profile_api.OPERATIONS
_REFERENCE = "#/components/schemas/{model}"
_NAME = {
    "name": "name",
    "in": "path",
    "required": True,
    "description": "A trader's name; case does not matter.",
    "schema": {"type": "string"},
}


class Document(http.Answer):
    """An OpenAPI document."""

    model_config = http.Answer.model_config | {"extra": "allow"}


@blueprint.route("/openapi.json", methods=["GET"])
@http.guarded
def get_document() -> Response:
    """The document."""
    request = blueprint.current_request
    query(Query, request)
    return http.answer(request, Document.model_validate(document()), _SECONDS_KEPT)


_SECONDS_KEPT = 300


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document as JSON values."""
    answers: list[type[BaseModel]] = [http.Problem]
    answers += [operation.answer for operation in OPERATIONS]
    _, definitions = models_json_schema(
        [(answer, "serialization") for answer in answers], ref_template=_REFERENCE
    )
    paths = {operation.path: {"get": _operation(operation)} for operation in OPERATIONS}
    paths["/openapi.json"] = {
        "get": {
            "summary": "This document.",
            "responses": {"200": _content("OpenAPI 3.1", "application/json", {"type": "object"})},
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CoinMarketLeague",
            "version": http.VERSION,
            "description": "Amounts and percentages are text; what is unknown is null.",
        },
        "servers": [{"url": "/api"}],
        "paths": paths,
        "components": {"schemas": definitions["$defs"]},
    }


def _operation(operation: http.Operation) -> dict[str, Any]:
    responses = {"200": _content("The answer.", "application/json", _reference(operation.answer))}
    responses["304"] = {"description": "The asker has the newest already (If-None-Match)."}
    for status in operation.problems:
        responses[str(status.value)] = _problem(status)
    responses["503"] = _problem(HTTPStatus.SERVICE_UNAVAILABLE)
    return {
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": dict(sorted(responses.items())),
    }


def _problem(status: HTTPStatus) -> dict[str, Any]:
    return _content(status.phrase, "application/problem+json", _reference(http.Problem))


def _parameters(operation: http.Operation) -> list[dict[str, Any]]:
    parameters = [_NAME] if "{name}" in operation.path else []
    properties = operation.query.model_json_schema()["properties"] if operation.query else {}
    for name, schema in properties.items():
        described = {"description": schema.pop("description")} if "description" in schema else {}
        parameters.append({"name": name, "in": "query", **described, "schema": schema})
    return parameters


def _reference(answer: type[http.Answer]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=answer.__name__)}


def _content(description: str, kind: str, schema: dict[str, str]) -> dict[str, Any]:
    return {"description": description, "content": {kind: {"schema": schema}}}


if __name__ == "__main__":
    print(json.dumps(document(), indent=2, ensure_ascii=False))
