"""Puts a stage into an AWS account, or brings it up to date; can be run again at any time.

`python -m infra.deploy STAGE [Name=value …]`, which `make deploy STAGE=… PARAMETERS='…'` calls.
"""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import requests
from botocore.exceptions import BotoCoreError, ClientError

from infra import image, package, site_files, smoke
from infra.changes import Stack, body
from infra.doctor import Visit, require_well, visit_of
from infra.outside import EDGE_REGION, Outside, StoppedEarly, real_outside
from infra.package import Package, PackageError
from infra.template import ROOT, STACKS, Document, SiteAddresses, read, site_addresses
from infra.wishes import Wishes, read_wishes

_OF_REGISTRY: Final = ("ImagesKept", "PackageDays")
_OF_EDGE: Final = ("Domain", "HostedZoneId", "RequestsPerFiveMinutes")
_BUILT: Final = ROOT / "dist"


def deploy(visit: Visit, site: Path, made: Package) -> dict[str, str]:
    """Deploy what was built and packaged; returns the league's outputs.

    Raises StoppedEarly, before anything is changed where that can be known.
    """
    outside, wishes = visit.outside, visit.wishes
    registry = Stack(outside, outside.aws("cloudformation"), wishes.stack("registry"))
    registry.change(body(read(STACKS / "registry.yaml")), _chosen(wishes, _OF_REGISTRY))
    places = registry.outputs()
    values = {"ImageDigest": image.pushed(outside, places["RepositoryUri"])}
    values |= _edge(outside, wishes)
    values |= {k: v for k, v in wishes.given.items() if k in visit.parameters}
    template = uploaded(outside, made, places["PackagesBucket"])
    found = _league(visit, template, {"Stage": wishes.stage, **values})
    _protect(visit)
    went = site_files.publish(outside, site, found["SiteBucketName"], found["DistributionId"])
    outside.say(f"{went} files of the site are published")
    smoke.require_answers(outside, found["SiteUrl"], found["EndpointURL"])
    return found


def _league(visit: Visit, template: dict[str, str], values: dict[str, str]) -> dict[str, str]:
    """The league's outputs, once it is deployed. Its functions know the site's address, which is
    known when the content network is there: so the first time it is changed twice."""
    stack, site = visit.league(), ""
    if stack.described() is not None:
        site = stack.outputs()["SiteUrl"]
    stack.change(template, {**values, "SiteAddress": site})
    found = stack.outputs()
    if found["SiteUrl"] != site:
        stack.change(template, {**values, "SiteAddress": found["SiteUrl"]})
    return found


def _edge(outside: Outside, wishes: Wishes) -> dict[str, str]:
    """The certificate and the web ACL; nothing without a domain."""
    if not wishes.domain:
        return {}
    there = outside.client("cloudformation", EDGE_REGION)
    edge = Stack(outside, there, wishes.stack("edge"))
    outside.say("the certificate waits until the domain's record proves it (see ACM)")
    edge.change(body(read(STACKS / "edge.yaml")), _chosen(wishes, _OF_EDGE))
    return edge.outputs()


def _chosen(wishes: Wishes, names: Sequence[str]) -> dict[str, str]:
    return {"Stage": wishes.stage} | {n: wishes.given[n] for n in names if n in wishes.given}


def _protect(visit: Visit) -> None:
    """A stack of prod cannot be deleted by a slip."""
    if visit.wishes.stage == "prod":
        visit.outside.aws("cloudformation").update_termination_protection(
            StackName=visit.wishes.stack("league"), EnableTerminationProtection=True
        )


def uploaded(outside: Outside, made: Package, bucket: str) -> dict[str, str]:
    """Put code, layer and template into the bucket, by their content; the template's address."""
    s3 = outside.aws("s3")
    code, layer = (_put(s3, bucket, path.read_bytes(), ".zip") for path in made.zips)
    template = with_places(made.template, bucket, code, layer)
    name = _put(s3, bucket, json.dumps(template).encode(), ".json")
    return {"TemplateURL": f"https://{bucket}.s3.{outside.region}.amazonaws.com/{name}"}


def _put(s3: object, bucket: str, content: bytes, ending: str) -> str:
    name = hashlib.sha256(content).hexdigest()[:32] + ending
    s3.put_object(Bucket=bucket, Key=name, Body=content)  # type: ignore[attr-defined]
    return name


def with_places(template: Document, bucket: str, code: str, layer: str) -> Document:
    """The template, its functions and its layer coming out of the bucket."""
    made: Document = json.loads(json.dumps(template))
    for resource in made["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": code}
        elif resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = {"Bucket": bucket, "Key": layer}
    return made


def built(outside: Outside) -> Path:
    """The site, built now. Raises StoppedEarly."""
    folder = ROOT / "frontend-static"
    for command in (["npm", "ci", "--silent", "--no-audit"], ["npm", "run", "--silent", "build"]):
        ran = outside.run(command, str(folder))
        if ran.code:
            raise StoppedEarly(f"the site could not be built: {ran.said[-400:]}")
    return folder / "dist"


Making = Callable[[str, Path, SiteAddresses], Package]


def main(
    arguments: Sequence[str],
    outside: Outside | None = None,
    make: Making = package.make_checked,
) -> int:
    """The exit code: 0 when the stage is deployed and answers. `make` makes the package."""
    here = outside or real_outside(os.environ.get("AWS_REGION", ""))
    try:
        visit = visit_of(here, read_wishes(arguments[0] if arguments else "", arguments[1:]))
        require_well(visit)
        site = built(here)
        made = make(visit.wishes.stage, _BUILT / "package", site_addresses(site))
        found = deploy(visit, site, made)
    except (StoppedEarly, PackageError) as error:
        here.say(str(error))
        return 1
    except (BotoCoreError, ClientError, requests.RequestException) as error:
        here.say(f"stopped: {error}")
        return 1
    for name in ("SiteUrl", "DistributionDomain", "AlarmsTopic"):
        here.say(f"{name}: {found[name]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
