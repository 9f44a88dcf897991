"""What the operator asks for: a stage, and values of the template's parameters.

They are held against the templates before anything is sent: a name that no template has, a value
that its parameter does not take, one that nobody gave.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from infra.outside import StoppedEarly
from infra.template import STACKS, Document, read

STAGES: Final = ("dev", "prod")
OF_DEPLOYMENT: Final = frozenset(
    {"Stage", "ImageDigest", "CertificateArn", "SiteAddress", "WebAclArn"}
)
"""Parameters whose values a deployment finds out by itself."""

_MEANT: Final = {
    "MailIdentity": "the domain or address that SES has verified, such as example.org",
    "MailFrom": "the sender of letters, such as league@example.org",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """A stage, and the parameters that were named."""

    stage: str
    given: Mapping[str, str] = field(default_factory=dict)

    def stack(self, name: str) -> str:
        """The full name of one of the three stacks."""
        return f"coinmarketleague-{self.stage}-{name}"

    @property
    def domain(self) -> str:
        """The site's own name, "" without one."""
        return self.given.get("Domain", "")


def read_wishes(stage: str, words: Sequence[str]) -> Wishes:
    """From `Name=value` words. Raises StoppedEarly."""
    if stage not in STAGES:
        raise StoppedEarly(f"STAGE={stage} is no stage: say STAGE=dev or STAGE=prod")
    given = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise StoppedEarly(f"{word!r} is no parameter: write PARAMETERS='Name=value …'")
        given[name] = value
    return Wishes(stage, given)


def checked(parameters: Document, others: Document, wishes: Wishes, known: set[str]) -> None:
    """Hold the wishes against the league's `parameters`; `others` are those of the other stacks,
    `known` the names that an earlier deployment gave.

    Raises StoppedEarly, naming the parameter.
    """
    for name, value in wishes.given.items():
        if name in OF_DEPLOYMENT:
            raise StoppedEarly(f"{name} is found out by the deployment itself: leave it out")
        if name not in parameters and name not in others:
            raise StoppedEarly(f"there is no parameter {name}: see infra/stacks/league")
        _check(name, value, parameters.get(name) or others[name])
    for name, each in parameters.items():
        missing = "Default" not in each and name not in wishes.given and name not in known
        if missing and name not in OF_DEPLOYMENT:
            meant = _MEANT.get(name, each["Description"])
            raise StoppedEarly(f"{name} is missing: PARAMETERS='{name}=…', {meant}")


def _check(name: str, value: str, parameter: Document) -> None:
    allowed: list[Any] | None = parameter.get("AllowedValues")
    if allowed is not None and value not in [str(each) for each in allowed]:
        raise StoppedEarly(f"{name}={value}: it is one of {', '.join(map(str, allowed))}")
    pattern = parameter.get("AllowedPattern")
    if pattern is not None and not re.search(pattern, value):
        raise StoppedEarly(f"{name}={value}: it is {_MEANT.get(name, parameter['Description'])}")
    if parameter["Type"] == "Number":
        _check_number(name, value, parameter)


def _check_number(name: str, value: str, parameter: Document) -> None:
    try:
        number = float(value)
    except ValueError:
        raise StoppedEarly(f"{name}={value}: it is a number") from None
    least, most = parameter.get("MinValue", number), parameter.get("MaxValue", number)
    if not least <= number <= most:
        raise StoppedEarly(f"{name}={value}: it is from {least} to {most}")


def other_parameters() -> Document:
    """Those of the stacks beside the league."""
    found: Document = {}
    for name in ("registry", "edge"):
        found |= read(STACKS / f"{name}.yaml")["Parameters"]
    return found
