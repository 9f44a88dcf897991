"""The package of the functions: made, and looked at before it goes anywhere.

`python -m infra.package --stage STAGE [--out FOLDER]` has Chalice make the code and the layer of
everything it needs, for the functions' own architecture. It is refused when it is over Lambda's
limits, when a package is missing or not whole, or when a handler cannot be imported from it in a
clean interpreter. Where this machine cannot run that architecture, a second one for this machine
is made for the import alone. A bill of materials lies beside it.
"""

import argparse
import json
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Final

from infra.render import package
from infra.template import ROOT, Document, SiteAddresses, TemplateError, source_addresses

CODE: Final = "deployment.zip"
LAYER: Final = "layer-deployment.zip"
MOST_UNZIPPED: Final = 250 * 1024 * 1024
"""What Lambda takes of a function and its layers, in bytes."""

_HOST: Final = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
_SITE_PACKAGES: Final = re.compile(r"python/lib/python3\.\d+/site-packages/")
_IMPORT: Final = """
import sys
sys.path[:0] = sys.argv[2:]
from importlib import import_module
for handler in sys.argv[1].split(","):
    module, name = handler.rsplit(".", 1)
    assert callable(getattr(import_module(module), name)), handler
# what is imported late, when it is needed
for name in ("numpy", "pynamodb", "binance", "cryptography", "joserfc"):
    import_module(name)
"""


class PackageError(Exception):
    """A package that must not be deployed; says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Package:
    """What Chalice made: the template, and where code and layer lie."""

    template: Document
    folder: Path

    @property
    def zips(self) -> tuple[Path, Path]:
        """Code and layer."""
        return self.folder / CODE, self.folder / LAYER


def make(
    stage: str, folder: Path, addresses: SiteAddresses, architecture: str | None = None
) -> Package:
    """The package, made anew in `folder`; of the stage's architecture or the one given.

    Raises PackageError when Chalice fails, or leaves something out.
    """
    shutil.rmtree(folder, ignore_errors=True)
    project = folder / "project"
    unwanted = shutil.ignore_patterns("__pycache__", "deployments", "deployed")
    for name in ("chalicelib", ".chalice"):
        shutil.copytree(ROOT / name, project / name, ignore=unwanted)
    for name in ("app.py", "requirements.txt"):
        shutil.copy(ROOT / name, project / name)
    if architecture is not None:
        config = project / ".chalice" / "config.json"
        chosen = json.loads(config.read_text()) | {"lambda_architecture": architecture}
        config.write_text(json.dumps(chosen))
    try:
        template = package(stage, project, folder / "out", addresses)
    except TemplateError as error:
        raise PackageError(str(error)) from error
    shutil.rmtree(project)
    return Package(template, folder / "out")


def unzipped(path: Path) -> int:
    """Bytes of what is in a zip."""
    with zipfile.ZipFile(path) as content:
        return sum(each.file_size for each in content.infolist())


def require_size(sizes: Mapping[str, int], most: int = MOST_UNZIPPED) -> None:
    """Raises PackageError when all together are more than Lambda takes."""
    total = sum(sizes.values())
    if total > most:
        parts = ", ".join(f"{name} {size / 2**20:.0f} MB" for name, size in sizes.items())
        raise PackageError(
            f"the package has {total / 2**20:.0f} MB unzipped ({parts}), Lambda takes "
            f"{most / 2**20:.0f}: take a requirement out, or move it to the container"
        )


def pins(text: str) -> dict[str, str]:
    """Versions by name, of a requirements file without options."""
    pairs = (line.split("==") for line in text.split() if "==" in line)
    return {_plain(name): version for name, version in pairs}


def require_whole(layer: Path, wanted: Mapping[str, str]) -> None:
    """Raises PackageError when a pinned package is not in the layer with each of its files."""
    with zipfile.ZipFile(layer) as content:
        names = {_SITE_PACKAGES.sub("", name) for name in content.namelist()}
        found = {each.name: each for each in _materials(content)}
        for name, version in wanted.items():
            if name not in found or found[name].version != version:
                raise PackageError(f"{name} {version} is not in the layer")
            for path in found[name].files:
                if path not in names:
                    raise PackageError(f"{name} {version} is not whole: {path} is missing")


@dataclass(frozen=True, slots=True)
class Material:
    """One package in the layer; `files` are those that it needs to run."""

    name: str
    version: str
    licence: str
    files: tuple[str, ...]


def _materials(content: zipfile.ZipFile) -> Iterator[Material]:
    for name in content.namelist():
        if name.endswith(".dist-info/METADATA"):
            told = HeaderParser().parsestr(content.read(name).decode())
            record = content.read(name.replace("METADATA", "RECORD")).decode().splitlines()
            paths = (line.partition(",")[0] for line in record)
            needed = tuple(
                p for p in paths if p.endswith((".py", ".so", ".json")) and ".." not in p
            )
            yield Material(_plain(told["Name"]), told["Version"], _licence(told), needed)


def _licence(told: Message) -> str:
    """What a package says, in the newest of the three ways it may know: the oldest field may hold
    the whole text."""
    kinds = [each for each in told.get_all("Classifier", []) if each.startswith("License :: ")]
    named = " OR ".join(each.rpartition(":: ")[2] for each in kinds)
    return told.get("License-Expression") or named or told.get("License", "").split("\n")[0]


def bill_of_materials(layer: Path) -> Document:
    """What is in the layer, in CycloneDX's format."""
    with zipfile.ZipFile(layer) as content:
        components = [
            {
                "type": "library",
                "name": each.name,
                "version": each.version,
                "purl": f"pkg:pypi/{each.name}@{each.version}",
                **({"licenses": [{"license": {"name": each.licence}}]} if each.licence else {}),
            }
            for each in sorted(_materials(content), key=lambda each: each.name)
        ]
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}


def handlers(template: Document) -> list[str]:
    """The handlers of all functions, as Lambda names them."""
    return [
        each["Properties"]["Handler"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::Serverless::Function"
    ]


def require_imports(made: Package) -> None:
    """Raises PackageError when a handler cannot be imported from code and layer alone."""
    code, layer = made.folder / "code", made.folder / "layer"
    for source, target in zip(made.zips, (code, layer), strict=True):
        with zipfile.ZipFile(source) as content:
            content.extractall(target)
    [site_packages] = layer.glob("python/lib/python3.*/site-packages")
    command = [sys.executable, "-I", "-S", "-B", "-c", _IMPORT, ",".join(handlers(made.template))]
    said = subprocess.run(  # noqa: S603 - written here
        [*command, str(code), str(site_packages)],
        env={"AWS_DEFAULT_REGION": "eu-central-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode:
        raise PackageError(f"a handler cannot be imported: {said.stderr.strip()[-600:]}")


def make_checked(stage: str, folder: Path, addresses: SiteAddresses) -> Package:
    """The package of a stage with its bill of materials, when nothing is wrong with it.

    Raises PackageError.
    """
    made = make(stage, folder / "package", addresses)
    require_size({path.stem: unzipped(path) for path in made.zips})
    require_whole(made.zips[1], pins((ROOT / "requirements.txt").read_text()))
    host = host_architecture()
    same = host == architecture_of(made.template)
    here = made if same else make(stage, folder / "here", addresses, host)
    require_imports(here)
    bill = json.dumps(bill_of_materials(made.zips[1]), indent=1)
    (folder / "bill-of-materials.json").write_text(bill)
    return made


def host_architecture() -> str:
    """That of this machine, in Lambda's words."""
    return _HOST[platform.machine()]


def architecture_of(template: Document) -> str:
    """The one architecture of all functions."""
    found = template["Resources"]["APIHandler"]["Properties"]["Architectures"]
    return str(found[0])


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main(arguments: Sequence[str]) -> int:
    """The exit code: 1 for a package that must not be deployed."""
    parser = argparse.ArgumentParser(prog="python -m infra.package")
    parser.add_argument("--stage", choices=("dev", "prod"), default="dev")
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "package")
    asked = parser.parse_args(arguments)
    try:
        made = make_checked(asked.stage, asked.out, source_addresses())
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    for path in made.zips:
        zipped = path.stat().st_size
        print(f"{path}: {zipped / 2**20:.1f} MB zipped, {unzipped(path) / 2**20:.1f} unzipped")
    print(f"every handler can be imported; what is inside: {asked.out}/bill-of-materials.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
