"""The document of the HTTP interface (OpenAPI 3.1), built from the models the routes use.

`python -m chalicelib.entrypoints.openapi` prints what is kept as docs/openapi.json.
"""

import json
from collections.abc import Collection
from functools import cache
from http import HTTPStatus
from typing import Any, Literal

from chalice import Blueprint, Response
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import models_json_schema

from chalicelib.entrypoints import (
    accounts_api,
    board_api,
    card_api,
    first_day_api,
    follows_api,
    http,
    identity_api,
    me_api,
    opening_api,
    profile_api,
    session_api,
    trades_api,
)
from chalicelib.entrypoints.bodies import OWN_HEADER
from chalicelib.entrypoints.parameters import Query, query

blueprint = Blueprint(__name__)

OPERATIONS = (
    *board_api.OPERATIONS,
    *profile_api.OPERATIONS,
    *card_api.OPERATIONS,
    *trades_api.OPERATIONS,
    *session_api.OPERATIONS,
    *identity_api.OPERATIONS,
    *accounts_api.OPERATIONS,
    *me_api.OPERATIONS,
    *follows_api.OPERATIONS,
    *opening_api.OPERATIONS,
    *first_day_api.OPERATIONS,
)
_REFERENCE = "#/components/schemas/{model}"
_NAME = {
    "name": "name",
    "in": "path",
    "required": True,
    "description": "A trader's name; case does not matter.",
    "schema": {"type": "string"},
}
_ACCOUNT = {
    "name": "account_id",
    "in": "path",
    "required": True,
    "description": "The id of a linked exchange account.",
    "schema": {"type": "string"},
}
_OWN = {
    "name": OWN_HEADER,
    "in": "header",
    "required": True,
    "description": "Anything; no other site can send it.",
    "schema": {"type": "string"},
}


_NOT_MODIFIED = {"description": "The asker has the newest already (If-None-Match)."}


class Document(http.Answer):
    """An OpenAPI document."""

    model_config = http.Answer.model_config | {"extra": "allow"}


@blueprint.route("/openapi.json", methods=["GET"])
@http.guarded
def get_document() -> Response:
    """The document."""
    request = blueprint.current_request
    query(Query, request)
    return http.answer(request, Document.model_validate(document()), _SECONDS_KEPT, None)


_SECONDS_KEPT = 300


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document as JSON values."""
    answers: list[type[BaseModel]] = [
        http.Problem,
        *(each.answer for each in OPERATIONS if each.answer),
    ]
    bodies = [each.body for each in OPERATIONS if each.body]
    models: list[tuple[type[BaseModel], Literal["serialization", "validation"]]] = []
    models += [(answer, "serialization") for answer in answers]
    models += [(body, "validation") for body in bodies]
    _, definitions = models_json_schema(models, ref_template=_REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    paths["/openapi.json"] = {
        "get": {
            "summary": "This document.",
            "responses": {
                "200": _content("OpenAPI 3.1", "application/json", {"type": "object"}),
                "304": _NOT_MODIFIED,
                "400": _problem(HTTPStatus.BAD_REQUEST),
            },
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
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: http.Operation) -> dict[str, Any]:
    responses = {str(operation.status.value): _answer(operation)}
    if operation.method == "get" and not operation.signed_in:
        responses["304"] = _NOT_MODIFIED
    for status in operation.problems:
        responses[str(status.value)] = _problem(status)
    responses["503"] = _problem(HTTPStatus.SERVICE_UNAVAILABLE)
    described: dict[str, Any] = {
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": dict(sorted(responses.items())),
    }
    if operation.body is not None:
        content = {"application/json": {"schema": _reference(operation.body)}}
        described["requestBody"] = {"required": True, "content": content}
    if operation.signed_in:
        described["security"] = [{"session": []}]
    return described


def _answer(operation: http.Operation) -> dict[str, Any]:
    if operation.kind != "application/json":
        return _content("The document.", operation.kind, {"type": "string"})
    if operation.answer is None:
        return {"description": "Done; there is no content."}
    made = _content("The answer.", "application/json", _reference(operation.answer))
    if any(each.alias == "format" for each in _fields(operation)):
        made["content"]["text/csv"] = {"schema": {"type": "string"}}
    return made


def _fields(operation: http.Operation) -> Collection[FieldInfo]:
    return operation.query.model_fields.values() if operation.query else ()


def _problem(status: HTTPStatus) -> dict[str, Any]:
    return _content(status.phrase, "application/problem+json", _reference(http.Problem))


def _parameters(operation: http.Operation) -> list[dict[str, Any]]:
    in_path = {"{name}": _NAME, "{account_id}": _ACCOUNT}
    parameters = [each for name, each in in_path.items() if name in operation.path]
    if operation.method != "get":
        parameters.append(_OWN)
    properties = operation.query.model_json_schema()["properties"] if operation.query else {}
    for name, schema in properties.items():
        described = {"description": schema.pop("description")} if "description" in schema else {}
        parameters.append({"name": name, "in": "query", **described, "schema": schema})
    return parameters


def _reference(answer: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=answer.__name__)}


def _content(description: str, kind: str, schema: dict[str, str]) -> dict[str, Any]:
    return {"description": description, "content": {kind: {"schema": schema}}}


if __name__ == "__main__":
    print(json.dumps(document(), indent=2, ensure_ascii=False))
