"""The ingest container holds what its Dockerfile copies, and that is enough to start it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCKERFILE = ROOT / "ingest_container" / "Dockerfile"
SANDBOX = {
    "LEAGUE_STAGE": "sandbox",
    "LEAGUE_TABLES_URL": "http://127.0.0.1:9",
    "LEAGUE_CLOUD_URL": "http://127.0.0.1:9",
    "LEAGUE_EVENTS_QUEUE": "http://127.0.0.1:9/events",
    "LEAGUE_KEY_ID": "key",
    "AWS_EC2_METADATA_DISABLED": "true",
}
START = """
import re, sys
from importlib.machinery import PathFinder
from importlib.metadata import packages_distributions

def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()

pins = open("ingest_container/requirements.txt").read().split()
installed = {plain(pin.partition("==")[0]) for pin in pins} | {"setuptools", "pip"}
distributions = packages_distributions()

class OnlyWhatTheContainerInstalls:
    def find_spec(self, name, path=None, target=None):
        of = {plain(each) for each in distributions.get(name, [])}
        return PathFinder.find_spec(name, path, target) if installed & of or not of else None

sys.meta_path[sys.meta_path.index(PathFinder)] = OnlyWhatTheContainerInstalls()
from ingest_container.main import main
assert main(["--check"]) == 0
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def copied() -> list[str]:
    """What the Dockerfile copies from the root of the repository, in its order."""
    lines = DOCKERFILE.read_text().splitlines()
    pairs = [line.split()[1:] for line in lines if line.startswith("COPY ")]
    assert all(source == target for source, target in pairs)
    return [source for source, _ in pairs]


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """An empty folder with the container's files."""
    for name in copied():
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target, ignore=ignore, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)
    return tmp_path


def run(image: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        cwd=image,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_only_the_product_is_inside(image: Path) -> None:
    assert {path.name for path in image.iterdir()} == {"chalicelib", "ingest_container"}


def test_it_runs_as_nobody_special() -> None:
    assert re.search(r"^USER (?!root)\w+$", DOCKERFILE.read_text(), re.MULTILINE)


def test_all_its_parts_can_be_built_there_with_what_it_installs(image: Path) -> None:
    found = run(image, "-c", START, **SANDBOX)
    assert found.returncode == 0, found.stderr
    loaded = set(found.stdout.splitlines()[-1].split())
    assert {"binance", "websocket", "boto3"} <= loaded
    assert not loaded & {"chalice", "numpy", "pandas", "sandbox", "tests"}


@pytest.mark.parametrize(
    ("environment", "arguments", "said"),
    [
        ({}, ["--check"], "LEAGUE_STAGE is not set"),
        (
            {"LEAGUE_STAGE": "prod"},
            ["--control-port", "9"],
            "only the sandbox may be driven from outside",
        ),
    ],
)
def test_a_bad_setting_is_named(
    image: Path, environment: dict[str, str], arguments: list[str], said: str
) -> None:
    found = run(image, "-m", "ingest_container.main", *arguments, **environment)
    assert found.returncode == 2
    assert said in found.stderr


def test_help_is_there(image: Path) -> None:
    found = run(image, "-m", "ingest_container.main", "--help")
    assert found.returncode == 0
    assert "--control-port" in found.stdout
