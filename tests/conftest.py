"""Every test starts from a clean environment, and talks to this machine alone or to nobody."""

import os
from pathlib import Path

import hypothesis
import pytest
import pytest_socket

# No deadline: a busy machine is no bug. In CI the same examples each time: a new one that fails
# belongs to whoever can look at it.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")

TESTS = Path(__file__).parent
_TALKATIVE = ("contract", "integration", "acceptance", "frontend")


@pytest.fixture(autouse=True)
def scrubbed_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting and no credential of the machine reaches a test."""
    for name in [name for name in os.environ if name.startswith(("LEAGUE_", "AWS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Close sockets; the folders that run servers may reach loopback."""
    folder = item.path.relative_to(TESTS).parts[0]
    if folder in _TALKATIVE:
        pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    else:
        pytest_socket.disable_socket(allow_unix_socket=True)


def pytest_runtest_teardown() -> None:
    """Leave sockets as they were, for session fixtures that close servers."""
    pytest_socket._remove_restrictions()
