"""Importing the app loads nothing that a route does not need at once."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "binance",
    "boto3",
    "botocore",
    "cryptography",
    "joserfc",
    "numpy",
    "pandas",
    "pynamodb",
    "websocket",
)


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The top-level packages that `import app` brings into a fresh process."""
    script = "import app, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(result.stdout.split())


@pytest.mark.parametrize("package", HEAVY)
def test_importing_the_app_does_not_load(package: str, loaded: set[str]) -> None:
    assert package not in loaded
