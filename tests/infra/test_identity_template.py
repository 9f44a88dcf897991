"""The user pool has the settings of the sandbox's, which the tests of signing in run on."""

from typing import Any

from infra.template import Document
from sandbox.identity.make import make_pool


class Asked:
    """Takes the calls that make a pool, and keeps what was asked."""

    def __init__(self) -> None:
        self.pool: dict[str, Any] = {}
        self.client: dict[str, Any] = {}

    def create_user_pool(self, **asked: Any) -> Any:  # noqa: ANN401 - as botocore
        self.pool |= asked
        return {"UserPool": {"Id": "pool"}}

    def set_user_pool_mfa_config(self, **asked: Any) -> None:  # noqa: ANN401
        self.pool |= asked

    def create_user_pool_client(self, **asked: Any) -> Any:  # noqa: ANN401
        self.client |= asked
        return {"UserPoolClient": {"ClientId": "client"}}


SHOWN_OTHERWISE = {"PoolName", "UserPoolId", "SoftwareTokenMfaConfiguration"}


def test_pool_and_client_are_those_of_the_sandbox(template: Document) -> None:
    asked = Asked()
    make_pool(asked)
    pool = template["Resources"]["UserPool"]["Properties"]
    client = template["Resources"]["UserPoolClient"]["Properties"]
    wanted = {name: each for name, each in asked.pool.items() if name not in SHOWN_OTHERWISE}
    assert {name: pool[name] for name in wanted} == wanted
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    wanted = {name: each for name, each in asked.client.items() if name != "UserPoolId"}
    assert {name: client[name] for name in wanted} == wanted
