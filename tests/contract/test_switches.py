"""The SwitchStore port: in memory, and on Systems Manager."""

from itertools import count

import pytest
from botocore.exceptions import ClientError

from chalicelib.adapters.aws import client
from chalicelib.adapters.switches import ParameterSwitches
from chalicelib.domain.errors import StoreUnavailable
from chalicelib.domain.switches import Switch
from chalicelib.services.switch_ports import SwitchStore
from tests.contract.conftest import REGION
from tests.fake_switches import FakeSwitchStore

_stages = count()


@pytest.fixture(params=["fake", "moto"])
def store(request: pytest.FixtureRequest) -> SwitchStore:
    if request.param == "fake":
        return FakeSwitchStore()
    request.getfixturevalue("cloud")
    return ParameterSwitches(client("ssm", REGION), f"stage{next(_stages)}")


def test_nothing_is_switched_at_first(store: SwitchStore) -> None:
    assert store.read() == {}


def test_what_is_set_is_read(store: SwitchStore) -> None:
    for switch in Switch:
        store.put(switch, f"value of {switch.value}")
    store.put(Switch.BANNER, "Grüße – wir ziehen um")
    expected = {switch: f"value of {switch.value}" for switch in Switch}
    assert store.read() == expected | {Switch.BANNER: "Grüße – wir ziehen um"}


def test_what_is_taken_back_is_gone(store: SwitchStore) -> None:
    store.put(Switch.MAIL, "on")
    store.put(Switch.IMPORT, "on")
    for _ in range(2):
        store.remove(Switch.MAIL)
    assert store.read() == {Switch.IMPORT: "on"}


def test_each_stage_has_its_own(cloud: None) -> None:
    one, other = (ParameterSwitches(client("ssm", REGION), f"own{n}") for n in (1, 2))
    one.put(Switch.MAIL, "on")
    assert (one.read(), other.read()) == ({Switch.MAIL: "on"}, {})


def test_they_lie_below_the_path_of_the_stage(cloud: None) -> None:
    ssm = client("ssm", REGION)
    ParameterSwitches(ssm, "paths").put(Switch.EXCHANGE, "on")
    found = ssm.get_parameter(Name="/coinmarketleague/paths/pause-exchange")
    assert found["Parameter"]["Value"] == "on"


class Refusing:
    """A Systems Manager that a role may not use."""

    def get_parameters(self, Names: list[str]) -> object:  # noqa: N803
        answer = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
        raise ClientError(answer, "GetParameters")


def test_whatever_goes_wrong_can_be_lived_with() -> None:
    with pytest.raises(StoreUnavailable, match="AccessDeniedException"):
        ParameterSwitches(Refusing(), "prod").read()
    nowhere = client("ssm", REGION, "http://127.0.0.1:9", tries=1, patience_s=1)
    with pytest.raises(StoreUnavailable):
        ParameterSwitches(nowhere, "prod").read()
