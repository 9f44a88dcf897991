"""Child processes: watched, and ended with everything they started."""

import os
import sys
from pathlib import Path

import pytest

from sandbox.children import ChildDied, Children
from sandbox.waiting import WaitedTooLong, wait_until

FOR_A_WHILE = "import time; time.sleep(60)"
WITH_A_CHILD = (
    "import subprocess, sys, time;"
    "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(inner.pid, flush=True); time.sleep(60)"
)


def _alive(process_id: int) -> bool:
    """Whether it runs; a finished one that nobody has waited for does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_leaving_the_block_ends_children_and_their_children(tmp_path: Path) -> None:
    with Children(tmp_path, os.environ) as children:
        child = children.start("outer", [sys.executable, "-c", WITH_A_CHILD])
        wait_until(lambda: child.log.stat().st_size > 1, "the inner process", seconds=10)
        inner = int(child.log.read_text())
        assert _alive(inner)
    assert child.process.returncode is not None
    wait_until(lambda: not _alive(inner), "the end of the inner process", seconds=5)


def test_a_dead_child_is_named_with_its_last_words(tmp_path: Path) -> None:
    with Children(tmp_path, os.environ) as children:
        command = [sys.executable, "-c", "print('no table'); raise SystemExit(3)"]
        child = children.start("ingest", command)
        child.process.wait(10)
        with pytest.raises(ChildDied, match=r"(?s)ingest ended with code 3.*no table"):
            children.check()


def test_children_that_run_are_no_news(tmp_path: Path) -> None:
    with Children(tmp_path, os.environ) as children:
        children.start("quiet", [sys.executable, "-c", FOR_A_WHILE])
        children.check()


def test_waiting_is_never_for_ever() -> None:
    with pytest.raises(WaitedTooLong, match=r"a miracle: not within 0\.05 seconds"):
        wait_until(lambda: False, "a miracle", seconds=0.05, every=0.01)
