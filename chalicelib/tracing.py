"""X-Ray: a segment for each call that a function makes, if the settings ask for it.

Nothing of it is loaded otherwise. Powertools leaves everything as it is outside of Lambda.
"""

import logging

_log = logging.getLogger(__name__)


def start() -> None:
    """Trace the calls of this process to AWS and to the exchange's REST API.

    The container does not install X-Ray's library, and says so.
    """
    from aws_lambda_powertools import Tracer

    try:
        Tracer(service="coinmarketleague", auto_patch=True, patch_modules=("botocore", "requests"))
    except ImportError:
        _log.warning("tracing_is_for_functions")
