"""Makes the user pool and its client, by the calls and with the settings it has at AWS."""

from typing import Any

from chalicelib.domain.credentials import SHORTEST_PASSWORD

ACCESS_MINUTES = 15
REFRESH_DAYS = 30
ROTATION = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
"""A refresh token is used up by its use, at once."""


def make_pool(cognito: Any) -> tuple[str, str]:  # noqa: ANN401 - boto3 has no types
    """A new pool and its client; returns their ids."""
    policy = {
        "MinimumLength": SHORTEST_PASSWORD,
        "RequireUppercase": False,
        "RequireLowercase": False,
        "RequireNumbers": False,
        "RequireSymbols": False,
    }
    pool = cognito.create_user_pool(
        PoolName="league",
        AliasAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": True},
        Policies={"PasswordPolicy": policy},
        MfaConfiguration="OFF",
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
        AccountRecoverySetting={"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
    )["UserPool"]["Id"]
    cognito.set_user_pool_mfa_config(
        UserPoolId=pool,
        SoftwareTokenMfaConfiguration={"Enabled": True},
        MfaConfiguration="OPTIONAL",
    )
    return str(pool), _make_client(cognito, str(pool))


def _make_client(cognito: Any, pool: str) -> str:  # noqa: ANN401
    """The API as client: it has a secret, and signs in by calls that need a role."""
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="api",
        GenerateSecret=True,
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
        AccessTokenValidity=ACCESS_MINUTES,
        IdTokenValidity=ACCESS_MINUTES,
        RefreshTokenValidity=REFRESH_DAYS,
        TokenValidityUnits={
            "AccessToken": "minutes",
            "IdToken": "minutes",
            "RefreshToken": "days",
        },
        PreventUserExistenceErrors="ENABLED",
        EnableTokenRevocation=True,
        RefreshTokenRotation=ROTATION,
        WriteAttributes=["email", "name"],
        ReadAttributes=["email", "email_verified", "name"],
    )
    return str(client["UserPoolClient"]["ClientId"])
