"""Checks what would be deployed, without an account: by cfn-lint, checkov and hadolint.

`python -m infra.checks BIN` looks at the merged template, at what SAM makes of it, at the other
stacks and at the Dockerfile. BIN is where checkov and hadolint are: an environment of their own,
because checkov pins other versions of what we use.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from infra.render import CHALICE_MAKES, render, translated
from infra.template import ROOT, STACKS, source_addresses

_DOCKERFILE: Final = ROOT / "ingest_container" / "Dockerfile"
_OTHERS: Final = (STACKS / "registry.yaml", STACKS / "edge.yaml")


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 when none of them finds anything."""
    programs = Path(arguments[0])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = render("prod", folder, source_addresses())
        plain = folder / "league.template.json"
        plain.write_text(json.dumps(translated(template), indent=1))
        merged = folder / "out" / CHALICE_MAKES
        lint = [str(Path(sys.executable).parent / "cfn-lint"), "--regions", "eu-central-1", "--"]
        found = _run([*lint, *map(str, (merged, plain, *_OTHERS))])
        files = [word for path in (plain, *_OTHERS) for word in ("--file", str(path))]
        options = ["--framework", "cloudformation", "--compact", "--quiet", "--skip-download"]
        found = found or _run([str(programs / "checkov"), *files, *options])
        return found or _run([str(programs / "hadolint"), str(_DOCKERFILE)])


def _run(command: Sequence[str]) -> int:
    return subprocess.run(command, check=False).returncode  # noqa: S603 - written here


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
