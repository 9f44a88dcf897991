"""Everything that signing up and in needs, and its real implementation, for `wiring.py`.

Adapters are imported inside the function, so that importing this stays light.
"""

import time
from typing import TYPE_CHECKING

from chalicelib.config import Settings
from chalicelib.services import identity_ports
from chalicelib.services.pace import AT_ONCE, Pace

if TYPE_CHECKING:
    from chalicelib.adapters.dynamo.tables import Tables


def cognito_people(
    settings: Settings, tables: "Tables", tokens: identity_ports.Tokens
) -> identity_ports.People:
    """People as the user pool knows them, with counters in the tables and letters by SES."""
    from chalicelib.adapters import aws
    from chalicelib.adapters.cognito import CognitoIdentity
    from chalicelib.adapters.dynamo.throttle import DynamoThrottle
    from chalicelib.adapters.mail import SesMail

    # one try: a second one after a pause would show by its time what the answer hides
    cognito = aws.client("cognito-idp", settings.region, settings.cloud_url, tries=1)
    letters = aws.client("sesv2", settings.region, settings.cloud_url)
    return identity_ports.People(
        identity=CognitoIdentity(cognito, settings.pool_id, settings.pool_client_id),
        tokens=tokens,
        throttle=DynamoThrottle(tables),
        mail=SesMail(letters, settings.mail_from),
        # on one's own machine there is nobody to hide it from, and demo traders sign up
        pace=AT_ONCE if settings.stage == "sandbox" else Pace(time.monotonic, time.sleep, 1.0),
    )
