"""The SwitchStore port: one parameter of AWS Systems Manager per switch, below the stage's path."""

from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws import code_of
from chalicelib.domain.errors import StoreUnavailable
from chalicelib.domain.switches import Switch

ROOT: Final = "/coinmarketleague"


class ParameterSwitches:
    """Switches at /coinmarketleague/<stage>/<switch>.

    Whatever goes wrong, a missing permission too, is StoreUnavailable: the league goes on with
    what it knows.
    """

    def __init__(self, client: Any, stage: str) -> None:  # noqa: ANN401 - boto3 has no types
        self._client = client
        self._paths = {switch: f"{ROOT}/{stage}/{switch.value}" for switch in Switch}

    def read(self) -> dict[Switch, str]:
        """All that are set, in one call."""
        try:
            answer = self._client.get_parameters(Names=list(self._paths.values()))
        except (ClientError, BotoCoreError) as error:
            raise _unavailable("reading the switches", error) from error
        values = {each["Name"]: str(each["Value"]) for each in answer["Parameters"]}
        return {switch: values[path] for switch, path in self._paths.items() if path in values}

    def put(self, switch: Switch, value: str) -> None:
        """Set it."""
        try:
            self._client.put_parameter(
                Name=self._paths[switch], Value=value, Type="String", Overwrite=True
            )
        except (ClientError, BotoCoreError) as error:
            raise _unavailable(f"setting the switch {switch.value}", error) from error

    def remove(self, switch: Switch) -> None:
        """Take it back."""
        try:
            self._client.delete_parameter(Name=self._paths[switch])
        except (ClientError, BotoCoreError) as error:
            if code_of(error) == "ParameterNotFound":
                return
            raise _unavailable(f"taking back the switch {switch.value}", error) from error


def _unavailable(doing: str, error: Exception) -> StoreUnavailable:
    return StoreUnavailable(f"{doing}: {code_of(error) or type(error).__name__}")
