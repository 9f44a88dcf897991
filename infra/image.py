"""The ingest image: built for ARM once per content, pushed, and known by its digest."""

import base64
import hashlib
from pathlib import Path
from typing import Final

from botocore.exceptions import ClientError

from infra.outside import Outside, StoppedEarly
from infra.template import ROOT

PLATFORM: Final = "linux/arm64"
_BUILD: Final = ("--provenance=false", "--file", "ingest_container/Dockerfile")
_INSIDE: Final = ("chalicelib", "ingest_container")


def tag_of(root: Path = ROOT) -> str:
    """A name that is the same for the same content of the image."""
    found = hashlib.sha256()
    for path in sorted(p for name in _INSIDE for p in (root / name).rglob("*") if p.is_file()):
        if "__pycache__" not in path.parts:
            found.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def digest(outside: Outside, repository: str, tag: str) -> str | None:
    """The digest of what was pushed under that tag; None when nothing was."""
    name = repository.partition("/")[2]
    try:
        found = outside.aws("ecr").describe_images(
            repositoryName=name, imageIds=[{"imageTag": tag}]
        )["imageDetails"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ImageNotFoundException":
            return None
        raise
    return str(found[0]["imageDigest"])


def pushed(outside: Outside, repository: str) -> str:
    """The digest of the image of this content, built and pushed unless it is there.

    Raises StoppedEarly when docker fails.
    """
    tag = tag_of()
    known = digest(outside, repository, tag)
    if known is not None:
        return known
    named = f"{repository}:{tag}"
    _sign_in(outside, repository)
    for command in (
        ["docker", "build", "--platform", PLATFORM, *_BUILD, "--tag", named, "."],
        ["docker", "push", "--quiet", named],
    ):
        outside.say(f"  {' '.join(command[:2])} {named}")
        ran = outside.run(command, str(ROOT))
        if ran.code:
            raise StoppedEarly(f"{' '.join(command[:2])} failed: {ran.said[-400:]}")
    made = digest(outside, repository, tag)
    if made is None:
        raise StoppedEarly(f"{named} was pushed, but the registry does not have it")
    return made


def _sign_in(outside: Outside, repository: str) -> None:
    """The token goes in by standard input: it must not be seen among the processes."""
    [given] = outside.aws("ecr").get_authorization_token()["authorizationData"]
    user, _, token = base64.b64decode(given["authorizationToken"]).decode().partition(":")
    host = repository.partition("/")[0]
    command = ["docker", "login", "--username", user, "--password-stdin", host]
    ran = outside.run(command, str(ROOT), token)
    if ran.code:
        raise StoppedEarly("the registry does not let docker sign in")
