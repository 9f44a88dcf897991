"""Where a request comes from."""

from types import SimpleNamespace

import pytest

from chalicelib.entrypoints.viewer import address_of


def asked(viewer: str | None, direct: str = "") -> str:
    headers = {} if viewer is None else {"cloudfront-viewer-address": viewer}
    return address_of(SimpleNamespace(headers=headers, context={"identity": {"sourceIp": direct}}))


@pytest.mark.parametrize(
    ("viewer", "address"),
    [
        ("192.0.2.1:4711", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6:443", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::3:443", "2001:db8:1:2::/64"),
        ("[2001:db8::1]:443", "2001:db8::/64"),
        ("nonsense", "198.51.100.9"),
        ("non:sense", "unknown"),
        ("192.0.2.1, 203.0.113.5:80", "unknown"),
        ("", "198.51.100.9"),
        (None, "198.51.100.9"),
    ],
)
def test_the_content_network_tells_the_address(viewer: str | None, address: str) -> None:
    assert asked(viewer, "198.51.100.9") == address


def test_without_any_address_all_count_as_one() -> None:
    assert asked(None) == asked("x:y") == "unknown"
