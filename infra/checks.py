"""Checks what would be deployed, without an account: cfn-lint and checkov, both without a finding.

`python -m infra.checks CHECKOV` does both, on the merged template, on what SAM makes of it and on
the other stacks; CHECKOV is the program, which lives in an environment of its own because it pins
other versions of what we use.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from infra.render import CHALICE_MAKES, render, translated
from infra.template import STACKS, source_addresses

_OTHERS: Final = (STACKS / "registry.yaml", STACKS / "edge.yaml")


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 when neither finds anything."""
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
        return found or _run([*arguments, *files, *options])


def _run(command: Sequence[str]) -> int:
    return subprocess.run(command, check=False).returncode  # noqa: S603 - written here


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
