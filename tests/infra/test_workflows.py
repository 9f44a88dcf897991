"""What GitHub runs: signed in by OIDC, actions by their commit, no key stored."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from infra.template import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_its_commit(path: Path) -> None:
    uses = re.findall(r"uses: (.+)", path.read_text())
    assert uses
    for each in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+", each), each


def test_no_workflow_reads_a_stored_key() -> None:
    for path in WORKFLOWS:
        assert "secrets." not in path.read_text()
        assert "aws-access-key" not in path.read_text()


def test_a_deployment_signs_in_for_one_run_as_the_role_of_its_environment() -> None:
    text = (ROOT / ".github" / "workflows" / "deploy.yml").read_text()
    assert "id-token: write" in text
    assert "role-to-assume: ${{ vars.AWS_ROLE_ARN }}" in text
    assert "environment: ${{ inputs.stage }}" in text
    run = re.findall(r"^ +- run: (.+)", text, re.MULTILINE)
    assert run == ["make deploy"]


def test_every_list_of_packages_is_audited() -> None:
    text = (ROOT / ".github" / "workflows" / "audit.yml").read_text()
    lists = {"requirements.txt", "ingest_container/requirements.txt", "requirements-dev.txt"}
    for each in lists:
        assert (ROOT / each).exists()
        assert each in text
    for folder in ("frontend-static", "sandbox"):
        assert (ROOT / folder / "package-lock.json").exists()
        assert folder in text


def test_what_a_deploy_is_given_is_never_run(tmp_path: Path) -> None:
    (python := tmp_path / "python").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    given = {"STAGE": "dev;touch one", "PARAMETERS": "A=1 $(touch two) `touch three`;touch four"}
    done = subprocess.run(
        ["make", "-C", str(ROOT), "-o", "setup", "deploy", f"BIN={tmp_path}"],
        env={"PATH": os.environ["PATH"], **given},
        check=True,
        capture_output=True,
        text=True,
    )
    words = [line for line in done.stdout.splitlines() if not line.startswith("make")]
    assert words == ["-m", "infra.deploy", given["STAGE"], *given["PARAMETERS"].split()]
    assert not [each for each in ("one", "two", "three", "four") if (ROOT / each).exists()]


def test_what_was_taken_back_by_its_makers_is_looked_for() -> None:
    text = (ROOT / ".github" / "workflows" / "audit.yml").read_text()
    assert "--report report.json --requirement ${{ matrix.file }}" in text
    assert "jq --exit-status '.install | all(.is_yanked == false)'" in text
