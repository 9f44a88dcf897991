"""What shapes `make run`."""

from pathlib import Path

import pytest

from sandbox.options import BadOption, Ports, from_environment


def test_nothing_set_gives_the_documented_demo() -> None:
    options = from_environment({})
    assert (options.ports.site, options.days, options.market) == (8080, 32, None)
    assert options.traders >= 40


def test_variables_move_ports_and_shape_the_demo(tmp_path: Path) -> None:
    options = from_environment(
        {"SITE_PORT": "9000", "TRADERS": "7", "DAYS": "2", "SEED": "5", "MARKET": str(tmp_path)}
    )
    assert options.ports == Ports(site=9000)
    assert (options.traders, options.days, options.seed) == (7, 2, 5)
    assert options.market == tmp_path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_PORT", "80a"),
        ("API_PORT", "70000"),
        ("TRADERS", "0"),
        ("DAYS", "-3"),
        ("DAYS", "367"),
        ("SEED", "one"),
        ("MARKET", "/no/such/folder"),
    ],
)
def test_a_bad_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadOption, match=f"{name}={value}"):
        from_environment({name: value})
