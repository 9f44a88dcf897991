"""The package is whole, starts in a clean interpreter, and is refused when it would not."""

import csv
import zipfile
from pathlib import Path

import pytest

from infra import package
from infra.package import (
    Package,
    PackageError,
    bill_of_materials,
    handlers,
    pins,
    require_imports,
    require_size,
    require_whole,
    unzipped,
)
from infra.render import said_nothing_left_out
from infra.template import ROOT, source_addresses

PLACE = "python/lib/python3.11/site-packages"
FILES = {
    "some_thing-1.2.dist-info/METADATA": "Name: some_thing\nVersion: 1.2\nLicense: MIT\n",
    "some_thing-1.2.dist-info/RECORD": "some_thing.py,,\nsome_thing-1.2.dist-info/RECORD,,",
    "some_thing.py": "pass",
}


def layer_of(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as content:
        for name, text in files.items():
            content.writestr(f"{PLACE}/{name}", text)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The real package, for this machine: the same way as for the functions' architecture, which
    `make package` does."""
    folder = tmp_path_factory.mktemp("package")
    host = package.host_architecture()
    return package.make("dev", folder / "made", source_addresses(), host)


@pytest.mark.timeout(400)
def test_every_handler_starts_from_the_built_layer_alone(made: Package) -> None:
    assert sorted(handlers(made.template)) == ["app.app", "app.record", "app.tick", "app.work"]
    require_imports(made)


def test_the_built_package_is_whole_and_within_the_limits(made: Package) -> None:
    require_whole(made.zips[1], pins((ROOT / "requirements.txt").read_text()))
    require_size({path.name: unzipped(path) for path in made.zips})


def test_the_bill_names_everything_that_is_pinned_with_its_licence(made: Package) -> None:
    components = bill_of_materials(made.zips[1])["components"]
    named = {each["name"]: each["version"] for each in components}
    assert named == pins((ROOT / "requirements.txt").read_text())
    assert all(each["purl"].startswith("pkg:pypi/") for each in components)


def test_nothing_is_in_the_layer_that_the_bill_does_not_name(made: Package) -> None:
    listed: set[str] = set()
    with zipfile.ZipFile(made.zips[1]) as layer:
        names = {each.removeprefix(f"{PLACE}/") for each in layer.namelist() if each[-1] != "/"}
        records = [each for each in names if each.endswith(".dist-info/RECORD")]
        for each in records:
            lines = layer.read(f"{PLACE}/{each}").decode().splitlines()
            listed |= {path for path, *_ in csv.reader(lines)}
    components = bill_of_materials(made.zips[1])["components"]
    assert len(records) == len(components)
    assert sorted(names - listed)[:5] == []
    assert [each["name"] for each in components if "licenses" not in each] == []


def test_a_package_that_is_missing_is_named(tmp_path: Path) -> None:
    layer = layer_of(tmp_path / "layer.zip", FILES)
    require_whole(layer, {"some-thing": "1.2"})
    for name, version in (("some-thing", "1.3"), ("other", "1.2")):
        with pytest.raises(PackageError, match=f"{name} {version} is not in the layer"):
            require_whole(layer, {name: version})


def test_a_package_that_is_not_whole_is_named(tmp_path: Path) -> None:
    cut = {name: text for name, text in FILES.items() if name != "some_thing.py"}
    with pytest.raises(PackageError, match=r"some-thing 1\.2 is not whole: some_thing\.py"):
        require_whole(layer_of(tmp_path / "layer.zip", cut), {"some-thing": "1.2"})


def test_a_package_over_the_limit_says_by_how_much() -> None:
    require_size({"code": 250 * 2**20})
    with pytest.raises(PackageError, match=r"has 251 MB unzipped \(code 1 MB, layer 250 MB\)"):
        require_size({"code": 2**20, "layer": 250 * 2**20})


def test_a_handler_that_needs_what_is_not_there_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "deployment.zip", "w") as code:
        code.writestr("app.py", "import yaml\napp = print\n")
    layer_of(tmp_path / "layer-deployment.zip", FILES)
    kind = "AWS::Serverless::Function"
    template = {"Resources": {"F": {"Type": kind, "Properties": {"Handler": "app.app"}}}}
    with pytest.raises(PackageError, match="No module named 'yaml'"):
        require_imports(Package(template, tmp_path))


def test_what_chalice_leaves_out_with_a_warning_is_an_error() -> None:
    assert said_nothing_left_out("Creating shared layer deployment package.\n", 0)
    warned = "Could not install dependencies:\nnumpy==2.4.0\nYou will have to build these yourself"
    assert not said_nothing_left_out(warned, 0)
    assert not said_nothing_left_out("", 1)
