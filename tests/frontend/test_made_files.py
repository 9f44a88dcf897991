"""What is made from other files is current: types from the interface, words from the list."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from chalicelib.entrypoints.card_picture import league_picture
from sandbox.site_build import SOURCES

ROOT = SOURCES.parent
WORDS = (ROOT / "docs/words.md").read_text()


def _made(*command: str) -> None:
    subprocess.run(command, cwd=SOURCES, check=True, capture_output=True, text=True)


@pytest.mark.usefixtures("dist")
def test_the_types_are_those_of_the_interface(tmp_path: Path) -> None:
    made = tmp_path / "types.d.ts"
    tool = str(SOURCES / "node_modules/.bin/openapi-typescript")
    _made(tool, "../docs/openapi.json", "--output", str(made))
    assert made.read_text() == (SOURCES / "src/lib/api-types.d.ts").read_text(), "npm run types"


def test_the_words_are_those_of_the_list(tmp_path: Path) -> None:
    _made("node", "scripts/words.mjs", "../docs/words.md", str(tmp_path))
    made = sorted(tmp_path.glob("*.ts"))
    assert len(made) == 6
    for path in made:
        assert path.read_text() == (SOURCES / "src/lib" / path.name).read_text(), "npm run words"


def test_the_list_itself_keeps_to_plain_words() -> None:
    said = "\n".join(re.findall(r"^\| [a-z0-9_]+ (\|.*)$", WORDS, re.MULTILINE))
    assert len(said) > 1000
    assert not re.search(r"\b(TWR|MWR|mark|index|capped|stale|partial)\b", said, re.IGNORECASE)


def test_the_lock_file_names_no_registry_and_every_pin_is_exact() -> None:
    lock = json.loads((SOURCES / "package-lock.json").read_text())
    assert not [name for name, each in lock["packages"].items() if "resolved" in each]
    package = json.loads((SOURCES / "package.json").read_text())
    pins = package["dependencies"] | package["devDependencies"]
    assert not [pin for pin in pins.values() if not re.fullmatch(r"\d+\.\d+\.\d+", pin)]


def test_the_picture_for_links_to_the_league_is_the_one_that_is_drawn() -> None:
    kept = (SOURCES / "public/card.png").read_bytes()
    assert kept == league_picture(), "python -m chalicelib.entrypoints.card_picture FILE"
