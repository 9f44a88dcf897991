"""What an hour of a container costs the tables though nothing happens (design: write units)."""

from collections.abc import Iterator

import pytest

from chalicelib.adapters.dynamo.tables import Tables
from sandbox.units import UnitMeter
from tests.bench.standing import gauge_units, lease_units, price_units
from tests.contract.conftest import REGION
from tests.contract.stores import Fresh


@pytest.fixture
def own_tables(moto_tables: Tables, fresh: Fresh) -> Tables:
    """Tables of this test alone: slots and leases are the league's, not an account's."""
    tables = Tables(f"own{fresh.number}-", REGION)
    tables.create("accounts", "jobs", "history")
    return tables


@pytest.fixture
def meter(own_tables: Tables) -> Iterator[UnitMeter]:
    made = UnitMeter()
    with made.attached(own_tables.client):
        yield made


def test_an_hour_of_one_container_costs_at_most_3200_write_units(
    own_tables: Tables, meter: UnitMeter, fresh: Fresh
) -> None:
    prices = price_units(own_tables, meter, f"exchange {fresh.number}")
    gauges = gauge_units(own_tables, meter)
    assert prices + gauges + lease_units(own_tables, meter, slots=1) <= 3200


def test_a_further_slot_costs_at_most_400_write_units_an_hour(
    own_tables: Tables, meter: UnitMeter
) -> None:
    one = lease_units(own_tables, meter, slots=1)
    assert lease_units(own_tables, meter, slots=3) - one <= 2 * 400
