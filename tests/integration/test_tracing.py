"""X-Ray: nothing of it is loaded unless the settings ask for it; then calls are segments."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "LEAGUE_STAGE": "sandbox",
    "LEAGUE_CLOUD_URL": "http://127.0.0.1:9",
    "LEAGUE_METRICS": "no",
    "AWS_EC2_METADATA_DISABLED": "true",
}
TRACE = "1-5759e988-bd862e3fe1be46a994272793"
IN_LAMBDA = {
    "LAMBDA_TASK_ROOT": "/var/task",
    "_X_AMZN_TRACE_ID": f"Root={TRACE};Parent=53995c3f42cd8ad8;Sampled=1",
}
CALL = """
import sys
from chalicelib import wiring
wiring.settings()
wiring.switches().now()
print("aws_xray_sdk" in sys.modules)
"""


def call(**environment: str) -> str:
    """What a process that reads the switches once says."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CALL],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **SETTINGS, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


def test_without_the_setting_nothing_of_it_is_loaded() -> None:
    assert call(**IN_LAMBDA) == "False"


def test_with_it_each_call_is_a_segment_of_the_functions_trace() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(10)
        address = f"127.0.0.1:{daemon.getsockname()[1]}"
        assert call(**IN_LAMBDA, LEAGUE_TRACING="yes", AWS_XRAY_DAEMON_ADDRESS=address) == "True"
        segment = json.loads(daemon.recv(65536).decode().partition("\n")[2])
    assert segment["trace_id"] == TRACE
    assert (segment["name"], segment["aws"]["operation"]) == ("ssm", "GetParameters")
