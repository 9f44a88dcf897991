"""Builds the site's files when their sources have changed since the last build."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from sandbox.options import ROOT

SOURCES = ROOT / "frontend-static"
BUILT = SOURCES / "dist"
_NOT_SOURCES = ("node_modules", "dist")
_INSTALLED = SOURCES / "node_modules" / ".installed"
_LOCK = SOURCES / "node_modules.lock"
_STAMP = BUILT / ".built-from"
_TELLING = 2000


class SiteNotBuilt(Exception):
    """The site could not be built; the message has the end of what was said."""


def built_site() -> Path:
    """The folder with the site's files, built now if it is not current.

    Two who ask at once build once. Raises SiteNotBuilt.
    """
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fingerprint = _fingerprint()
        if not _STAMP.is_file() or _STAMP.read_text() != fingerprint:
            _install()
            _run("npm", "run", "--silent", "build")
            _STAMP.write_text(fingerprint)
    return BUILT


def _fingerprint() -> str:
    """Of every source file, and of the operator's parameters in the environment."""
    found = hashlib.sha256()
    for folder, folders, names in os.walk(SOURCES):
        folders[:] = sorted(name for name in folders if name not in _NOT_SOURCES)
        for path in (Path(folder) / name for name in sorted(names)):
            if path != _LOCK:
                found.update(f"{path.relative_to(SOURCES)}\0".encode() + path.read_bytes())
    for name in sorted(name for name in os.environ if name.startswith("VITE_")):
        found.update(f"{name}={os.environ[name]}\0".encode())
    return found.hexdigest()


def _install() -> None:
    wanted = (SOURCES / "package-lock.json").stat().st_mtime
    if _INSTALLED.exists() and _INSTALLED.stat().st_mtime >= wanted:
        return
    _run("npm", "ci", "--silent")
    _INSTALLED.touch()


def _run(*command: str) -> None:
    if not shutil.which(command[0]):
        raise SiteNotBuilt(f"{command[0]} is not installed; the site is built with it")
    result = subprocess.run(  # noqa: S603 (npm, with our own words)
        command, cwd=SOURCES, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        told = (result.stdout + result.stderr)[-_TELLING:]
        raise SiteNotBuilt(f"`{' '.join(command)}` in {SOURCES} failed:\n{told}")
