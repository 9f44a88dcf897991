"""The document of the interface says what the routes do."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from app import app
from chalicelib.domain.block import Kind
from chalicelib.entrypoints import http
from chalicelib.entrypoints.openapi import OPERATIONS, document
from tests.builders import at, fill
from tests.read_side import HOUR, ReadSide

ROOT = Path(__file__).parents[2]


def test_the_document_that_is_kept_is_the_one_that_the_models_make() -> None:
    assert json.loads((ROOT / "docs/openapi.json").read_text()) == document()


def test_the_route_answers_with_it() -> None:
    assert ReadSide().get("/openapi.json").json_body == document()


def test_it_is_a_valid_openapi_document() -> None:
    validate(document())


def test_every_route_of_the_app_is_in_it() -> None:
    routes = {(path, method.lower()) for path, each in app.routes.items() for method in each}
    described = {(path, method) for path, each in document()["paths"].items() for method in each}
    assert described == routes


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == http.VERSION


@pytest.fixture
def league() -> ReadSide:
    """One trader of whom everything is known."""
    made = ReadSide()
    made.join("Ada")
    view = {"allocation": [["BTC", 100]], "coins": [["BTC", 5, None]], "risk": ["1.00", None, None]}
    made.note(0, Kind.SLOW, 0, view={"0": view})
    made.write(0, Kind.HOUR, HOUR - 1, value=10_000.0)
    made.prices(HOUR, BTC="60000")
    made.fakes.ledger.add("A0", [fill(executed_at=at(minutes=-5))])
    made.publish([0])
    return made


PUBLIC = [
    each for each in OPERATIONS if each.method == "get" and each.answer and not each.signed_in
]


@pytest.mark.parametrize("operation", PUBLIC, ids=lambda each: each.path)
def test_an_answer_and_a_problem_have_the_described_shape(
    league: ReadSide, operation: http.Operation
) -> None:
    path = re.sub("{name}", "Ada", operation.path)
    described = document()["paths"][operation.path]["get"]["responses"]
    for response in (league.get(path), league.get(f"{path}?no=thing")):
        content = described[str(int(response.status_code))]["content"]
        schema = content[response.headers["Content-Type"]]["schema"]
        whole = {**schema, "components": document()["components"]}
        OAS31Validator(whole).validate(response.json_body)


def test_an_answer_that_may_be_a_file_says_so() -> None:
    files = {
        path
        for path, each in document()["paths"].items()
        for operation in each.values()
        if "text/csv" in operation["responses"].get("200", {}).get("content", {})
    }
    of_trader = {
        f"/traders/{{name}}{part}" for part in ("/performance", "/trades", "/transactions")
    }
    assert files == {"/traders/{name}", "/me/balance"} | of_trader


def test_the_document_says_what_its_own_route_answers(league: ReadSide) -> None:
    described = document()["paths"]["/openapi.json"]["get"]["responses"]
    whole = league.get("/openapi.json")
    kept = league.get("/openapi.json", If_None_Match=whole.headers["ETag"])
    refused = league.get("/openapi.json?no=thing")
    statuses = {str(int(each.status_code)) for each in (whole, kept, refused)}
    assert statuses == set(described) == {"200", "304", "400"}
