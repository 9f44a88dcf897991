"""What operators steer and see by, and its real implementation, for `wiring.py`.

Adapters are imported inside the function, so that importing this stays light.
"""

from chalicelib.config import Settings
from chalicelib.services.metric_ports import Metrics
from chalicelib.services.switch_ports import SwitchStore


def parameter_switches(settings: Settings) -> SwitchStore:
    """The switches of the settings' stage. One short try a call: nobody may have to wait long
    because of them."""
    from chalicelib.adapters import aws
    from chalicelib.adapters.switches import ParameterSwitches

    client = aws.client("ssm", settings.region, settings.cloud_url, tries=1, patience_s=2)
    return ParameterSwitches(client, settings.stage)


def wanted_metrics(settings: Settings) -> Metrics | None:
    """Where figures are written, None where the settings want none."""
    if settings.metrics == "no":
        return None
    from chalicelib.adapters.emf import EmfMetrics

    return EmfMetrics(settings.stage)
