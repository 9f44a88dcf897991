"""Every package that an installation brings is pinned, transitive ones too."""

import re
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
INSTALLERS = {"pip", "setuptools", "wheel"}
FILES = ("requirements.txt", "ingest_container/requirements.txt", "requirements-dev.txt")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins(path: str) -> dict[str, str]:
    lines = (ROOT / path).read_text().splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("-r "))
    return {_normal(name): version for name, version in pairs}


def test_every_installed_package_is_pinned_at_the_installed_version() -> None:
    pinned = {name: version for path in FILES for name, version in _pins(path).items()}
    installed = {_normal(each.metadata["Name"]): each.version for each in distributions()}
    unlisted = {n: v for n, v in installed.items() if n not in INSTALLERS and pinned.get(n) != v}
    assert unlisted == {}


def test_lambda_and_container_pin_the_same_versions() -> None:
    ours, theirs = _pins(FILES[0]), _pins(FILES[1])
    assert {
        n: (ours[n], theirs[n]) for n in ours.keys() & theirs.keys() if ours[n] != theirs[n]
    } == {}
