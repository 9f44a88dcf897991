"""The template of a stack, out of its files.

`registry` and `edge` are one file each; `league` is a folder of files that is merged into what
Chalice makes of `app.py`. Here the files become one document, with CloudFormation's short forms
(`!Ref`) written out and these names of our own replaced:

| `League::Settings` | the settings of functions and container, as a map or as a list |
| `League::Json` | a JSON file of the repository |
| `League::Code` | a script, with the site's addresses put in |
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

ROOT: Final = Path(__file__).parents[1]
STACKS: Final = ROOT / "infra" / "stacks"

Document: TypeAlias = dict[str, Any]
"""A template, or a part of one."""

_WITHOUT_FN: Final = ("Ref", "Condition")


class TemplateError(Exception):
    """A file of a template that cannot be used; says which and why."""


class _Loader(yaml.CSafeLoader):
    """YAML with CloudFormation's short forms."""


def _written_out(loader: _Loader, suffix: str, node: yaml.Node) -> Document:
    if isinstance(node, yaml.MappingNode):
        value: Any = loader.construct_mapping(node, deep=True)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = node.value
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in _WITHOUT_FN else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _written_out)


@dataclass(frozen=True, slots=True)
class SiteAddresses:
    """Pages that have no ending in their address, and files that lie outside `assets/`."""

    pages: Sequence[str]
    files: Sequence[str]


def site_addresses(site: Path) -> SiteAddresses:
    """Those of a built site."""
    names = sorted(path.name for path in site.iterdir() if path.is_file())
    files = [name for name in names if not name.startswith(".")]
    return SiteAddresses([n.removesuffix(".html") for n in files if n.endswith(".html")], files)


def source_addresses() -> SiteAddresses:
    """The same, as the sources of the site say, without building it."""
    sources = ROOT / "frontend-static"
    pages = [path.name for path in sources.glob("*.html")]
    public = [path.name for path in (sources / "public").iterdir() if path.is_file()]
    files = sorted(pages + public)
    return SiteAddresses([n.removesuffix(".html") for n in files if n.endswith(".html")], files)


def read(path: Path) -> Document:
    """One file. Raises TemplateError."""
    try:
        content = yaml.load(path.read_text(), _Loader)  # noqa: S506 - a SafeLoader of our own
    except (OSError, yaml.YAMLError) as error:
        raise TemplateError(f"{path.name}: {error}") from error
    if not isinstance(content, dict):
        raise TemplateError(f"{path.name}: no mapping")
    return content


def league(addresses: SiteAddresses, folder: Path = STACKS) -> Document:
    """What is merged into Chalice's template.

    Raises TemplateError where two files define the same thing.
    """
    settings = {f"LEAGUE_{k.upper()}": v for k, v in read(folder / "settings.yaml").items()}
    joined: Document = {}
    for path in sorted((folder / "league").glob("*.yaml")):
        for section, entries in read(path).items():
            known = joined.setdefault(section, {})
            twice = sorted(known.keys() & entries.keys())
            if twice:
                raise TemplateError(f"{path.name}: {section} {twice[0]} is in two files")
            known.update(entries)
    made: Document = _replaced(joined, settings, addresses)
    return made


def _replaced(part: Any, settings: Document, addresses: SiteAddresses) -> Any:  # noqa: ANN401
    if isinstance(part, list):
        return [_replaced(each, settings, addresses) for each in part]
    if not isinstance(part, dict):
        return part
    if "League::Settings" in part:
        return settings if part["League::Settings"] == "as a map" else _as_list(settings)
    if "League::Json" in part:
        return json.loads((ROOT / part["League::Json"]).read_text())
    if "League::Code" in part:
        return code((ROOT / part["League::Code"]).read_text(), addresses)
    return {name: _replaced(each, settings, addresses) for name, each in part.items()}


def _as_list(settings: Mapping[str, Any]) -> list[Document]:
    return [{"Name": name, "Value": value} for name, value in settings.items()]


def code(source: str, addresses: SiteAddresses) -> str:
    """A script of the content network with the site's addresses put in."""
    pages, files = json.dumps(list(addresses.pages)), json.dumps(list(addresses.files))
    return source.replace("[/* the site's pages */]", pages).replace(
        "[/* the site's files outside assets */]", files
    )
