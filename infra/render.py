"""The league's whole template: what Chalice makes of `app.py`, with ours merged in.

Chalice also makes the package while it is at it. For the template alone it is given nothing to
package, which takes a second and asks no registry for anything.
"""

import copy
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from infra.template import ROOT, Document, SiteAddresses, TemplateError, league

CHALICE_MAKES: Final = "sam.json"
SOMEWHERE: Final = "eu-central-1"
"""Chalice and SAM want a region, of which nothing stays in the template."""


def render(stage: str, folder: Path, addresses: SiteAddresses) -> Document:
    """The template of a stage, made in the empty `folder`. Raises TemplateError."""
    project = folder / "project"
    project.mkdir(parents=True)
    shutil.copy(ROOT / "app.py", project)
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "chalicelib", project / "chalicelib", ignore=unwanted)
    shutil.copytree(ROOT / ".chalice", project / ".chalice", ignore=shutil.ignore_patterns("de*"))
    (project / "requirements.txt").write_text("")
    (project / "vendor").mkdir()
    (project / "vendor" / "placeholder.py").write_text("")
    return package(stage, project, folder / "out", addresses)


def package(stage: str, project: Path, out: Path, addresses: SiteAddresses) -> Document:
    """Have Chalice package `project` into `out`; returns the template, which lies there too.

    Raises TemplateError when Chalice fails or leaves something out.
    """
    merged = out.parent / "league.json"
    merged.write_text(json.dumps(league(addresses), indent=1))
    chalice = Path(sys.executable).parent / "chalice"
    command = [str(chalice), "package", "--stage", stage, "--merge-template", str(merged), str(out)]
    said = subprocess.run(  # noqa: S603 - written here
        command,
        cwd=project,
        env={**os.environ, "AWS_DEFAULT_REGION": SOMEWHERE, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if not said_nothing_left_out(said.stdout, said.returncode):
        raise TemplateError(f"chalice package: {said.stdout.strip()[-2000:]}")
    made: Document = json.loads((out / CHALICE_MAKES).read_text())
    return made


def said_nothing_left_out(said: str, code: int) -> bool:
    """Whether Chalice made everything. On some Pythons it leaves packages out with a warning, and
    an exit code of 0."""
    return code == 0 and "Could not install dependencies" not in said


def translated(template: Document) -> Document:
    """What CloudFormation makes of `template`: SAM's short resources written out. What was said
    about a check at an API also holds for the stage that is made of it."""
    plain = copy.deepcopy(template)
    resources = plain["Resources"]
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    somewhere = boto3.Session(region_name=SOMEWHERE)
    made: Document = Translator({}, Parser(), boto_session=somewhere).translate(plain, {})
    for resource in made["Resources"].values():
        if resource["Type"] == "AWS::ApiGateway::Stage":
            resource["Metadata"] = resources[resource["Properties"]["RestApiId"]["Ref"]]["Metadata"]
    return made
