"""What we build on: pinned to a version, under a licence that asks for nothing but its notice."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any, Final

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = ("requirements.txt", "ingest_container/requirements.txt")
PYTHON = (*SHIPPED, "requirements-dev.txt")
NODE = ("sandbox", "frontend-static")

ALLOWED: Final = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0"),
    *("CC0-1.0", "Unlicense", "PSF-2.0", "Python-2.0", "CNRI-Python"),
}
OLD_NAMES: Final = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "MIT Licence": "MIT",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "MPLv2.0": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""How packages named their licence before there was one way to."""

EXCEPTIONS: Final = {
    "certifi": "MPL-2.0: a list of certificates, as it is; nothing of it is changed",
    "hypothesis": "MPL-2.0: runs tests, is not shipped",
    "jinxed": "MPL-2.0: chalice's command asks questions with it, is not shipped",
    "pathspec": "MPL-2.0: mypy reads its settings with it, is not shipped",
    "axe-core": "MPL-2.0: runs in browser tests, is not shipped",
    "lightningcss": "MPL-2.0: Vite makes the style sheets smaller with it, is not shipped",
}
"""Packages under a licence that is not on the list, and why they may be here."""


def _pins(path: str) -> Iterator[tuple[str, str]]:
    for line in (ROOT / path).read_text().splitlines():
        if line and not line.startswith("-r "):
            found = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9][A-Za-z0-9.+]*)", line)
            assert found, f"{path}: {line} is not pinned to one version"
            yield found[1], found[2]


def _licences(text: str) -> set[str]:
    parts = re.split(r" (?:AND|OR) |[()]", OLD_NAMES.get(text, text))
    return {OLD_NAMES.get(each, each) for each in map(str.strip, parts) if each}


def _of(package: Distribution) -> set[str]:
    """What a Python package says of its licence, in the newest of the three ways it knows."""
    told = package.metadata
    if expression := told.json.get("license_expression"):
        return _licences(str(expression))
    kinds = [
        each.rpartition(":: ")[2]
        for each in told.get_all("Classifier") or []
        if each.startswith("License :: OSI Approved :: ")
    ]
    if kinds:
        return set().union(*map(_licences, kinds))
    return _licences(str(told.json.get("license", "")).split("\n")[0])


@pytest.mark.parametrize("path", PYTHON)
def test_every_python_package_is_pinned_and_its_licence_allowed(path: str) -> None:
    found = {name: _of(distribution(name)) for name, _ in _pins(path)}
    assert found
    refused = {
        name: licences
        for name, licences in found.items()
        if not licences or (licences - ALLOWED and name not in EXCEPTIONS)
    }
    assert refused == {}


def test_what_is_shipped_has_one_exception() -> None:
    shipped = {name for path in SHIPPED for name, _ in _pins(path)}
    assert shipped & EXCEPTIONS.keys() == {"certifi"}


def _locked(folder: str) -> Mapping[str, Any]:
    packages: dict[str, Any] = json.loads((ROOT / folder / "package-lock.json").read_text())[
        "packages"
    ]
    return {name.rpartition("node_modules/")[2]: each for name, each in packages.items() if name}


@pytest.mark.parametrize("folder", NODE)
def test_every_node_package_is_pinned_and_its_licence_allowed(folder: str) -> None:
    for name, each in _locked(folder).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+[\w.+-]*", each["version"]), name
        assert each["integrity"].startswith("sha512-"), name
        known = any(name == one or name.startswith(f"{one}-") for one in EXCEPTIONS)
        assert known or _licences(each["license"]) <= ALLOWED, (name, each["license"])


@pytest.mark.parametrize("folder", NODE)
def test_node_packages_that_we_ask_for_are_asked_for_by_version(folder: str) -> None:
    asked = json.loads((ROOT / folder / "package.json").read_text())
    for kind in ("dependencies", "devDependencies"):
        for name, version in asked.get(kind, {}).items():
            assert version == _locked(folder)[name]["version"]


def test_what_the_site_ships_has_no_exception() -> None:
    locked = _locked("frontend-static")
    shipped = {name for name, each in locked.items() if not each.get("dev")}
    assert {"preact", "uplot", "uqr"} <= shipped
    assert [name for name in shipped if _licences(locked[name]["license"]) - ALLOWED] == []


def test_no_exception_is_left_over() -> None:
    there = {name for path in PYTHON for name, _ in _pins(path)}
    there |= {name for folder in NODE for name in _locked(folder)}
    assert EXCEPTIONS.keys() - there == set()


def test_security_rules_and_strict_types_are_on() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    lint = tools["ruff"]["lint"]
    assert "S" in lint["select"]
    assert [each for each in lint["ignore"] if each.startswith("S")] == []
    assert lint["per-file-ignores"] == {"tests/**": ["S"], "sandbox/**": ["S311"]}
    assert tools["mypy"]["strict"] is True
    product = {"app.py", "chalicelib", "infra", "ingest_container", "sandbox", "tests"}
    assert set(tools["mypy"]["files"]) == product
    softened = [
        each
        for each in tools["mypy"]["overrides"]
        if each.keys() - {"module"} != {"ignore_missing_imports"}
    ]
    assert softened == []


def test_make_check_looks_at_both() -> None:
    check = (ROOT / "Makefile").read_text().partition("\ncheck:")[2].partition("\n\n")[0]
    assert "$(BIN)/ruff check ." in check
    assert "$(BIN)/mypy\n" in check
