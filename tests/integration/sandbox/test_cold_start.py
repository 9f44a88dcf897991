"""A process with thousands of accounts keeps to its weight while it subscribes them all."""

import pytest

from sandbox.cold_start import measure, table

# a connection and a subscription weigh 2, a reading of the books 20; 4,800 a minute are ours,
# of which comparing may fill 3,840
EXPECTED = [(50, 1, 1, 1), (5000, 6, 3, 29)]


@pytest.mark.parametrize(("accounts", "connections", "to_stream", "to_compare"), EXPECTED)
def test_all_accounts_stream_within_the_weight(
    accounts: int, connections: int, to_stream: int, to_compare: int
) -> None:
    found = measure(accounts)
    assert (found.connections, found.minutes_to_stream) == (connections, to_stream)
    assert found.minutes_to_compare == to_compare
    assert found.fullest_minute <= found.share == 4800


def test_the_figures_are_a_table() -> None:
    assert "| 3 | 1 | 1 min | 1 min | 68 of 4,800 |" in table([measure(3)])
