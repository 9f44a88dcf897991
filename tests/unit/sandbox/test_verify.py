"""The verifier finds what was changed, names the row, and needs nothing of ours."""

import ast
import gzip
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.account import Trader
from chalicelib.domain.corrections import Corrected
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.services.open_commitment import OpenedCommitment, open_commitment
from sandbox import verify
from tests.builders import trader
from tests.fakes import Fakes
from tests.hour_files import HOUR, Score, league, publish, scored, written

SCORES: dict[int, Score] = {
    0: (101, 50, True),
    1: (101, 20, True),
    2: (-5, None, False),
    5: (None, None, False),
}


@pytest.fixture
def stores() -> Fakes:
    return league(SCORES)


@pytest.fixture
def path(stores: Fakes, tmp_path: Path) -> Path:
    return written(stores, publish(stores), tmp_path)


def changed(path: Path, line: int, change: Any) -> Path:  # noqa: ANN401 (a function on JSON)
    """A copy of the file in which one line is another."""
    lines = path.read_text().split("\n")
    content = json.loads(lines[line])
    change(content)
    lines[line] = json.dumps(content, separators=(",", ":"))
    copy = path.with_name(f"changed-{path.name}")
    copy.write_text("\n".join(lines))
    return copy


def rechecked(row: list[Any]) -> None:
    """Make the row's check fit again, as a careful forger would."""
    text = json.dumps(row[:-1], separators=(",", ":"))
    row[-1] = hashlib.sha256(text.encode()).hexdigest()[:12]


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = verify.main([str(each) for each in arguments])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def test_a_true_file_passes(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, path)
    assert (code, "4 rows rank as it says" in said) == (0, True)


def test_a_compressed_file_is_the_same_file(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = path.with_suffix(".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    code, said = run(capsys, packed)
    assert (code, digest in said) == (0, True)


@pytest.mark.parametrize("row", range(4))
def test_a_changed_row_is_named(path: Path, row: int, capsys: pytest.CaptureFixture[str]) -> None:
    copy = changed(path, 1 + row, lambda content: content[1].__setitem__(0, "99.99"))
    code, said = run(capsys, copy)
    assert code == 1
    assert f"row {row} (id " in said


def test_a_forged_rank_is_found_though_the_check_fits(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def forge(row: list[Any]) -> None:
        row[1][0] = "9.99"
        rechecked(row)

    code, said = run(capsys, changed(path, 1, forge))
    assert code == 1
    assert "24h: place 1 belongs to row 0" in said


def test_a_forged_order_is_found(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = changed(path, 5, lambda line: line["order"].reverse())
    code, said = run(capsys, copy)
    assert code == 1
    assert "24h: place 1 belongs to row 1" in said


def test_a_careful_forgery_breaks_the_chain_and_a_copy_names_its_row(
    stores: Fakes, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def forge(row: list[Any]) -> None:
        row[1][0] = "1.02"
        row[1][1] = "0.10"
        rechecked(row)

    forged = changed(path, 2, forge)
    assert run(capsys, forged)[0] == 0
    scored(stores, SCORES, HOUR + 1)
    later = written(stores, publish(stores, HOUR + 1), tmp_path)
    assert run(capsys, path, later)[0] == 0
    code, said = run(capsys, forged, later)
    assert code == 1
    assert "is not the file that" in said
    code, said = run(capsys, forged, "--copy", path)
    assert code == 1
    assert "row 1 (id " in said


def test_hours_that_do_not_follow_each_other_are_named(
    stores: Fakes, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(capsys, path, path)
    assert code == 1
    assert "does not follow" in said


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no JSON"),
        (b"{}\n", "no head of format 1"),
        (b'{"format":1}\n', "does not say"),
        (b'{"format":1,"rows":3,"windows":[],"previous":null}\n', "speaks of 3 rows"),
        (b'{"format":1,"rows":1,"windows":[],"previous":null}\n[1]\n', "line 2 is no row"),
        (b'{"format":1,"rows":0,"windows":[],"previous":7}\n', "does not say"),
        (b'{"format":1', "cut off"),
    ],
)
def test_what_is_no_file_of_an_hour_is_refused(
    content: bytes, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    code, said = run(capsys, path)
    assert code == 2
    assert reason in said


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, tmp_path / "none.jsonl")
    assert (code, "none.jsonl: No such file" in said) == (2, True)


def test_it_imports_the_standard_library_alone() -> None:
    tree = ast.parse(Path(verify.__file__).read_text())
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_it_runs_alone_in_an_empty_folder(path: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone" / "verify.py"
    alone.parent.mkdir()
    alone.write_bytes(Path(verify.__file__).read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(alone), str(path)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def opening(stores: Fakes, of: Trader, hour: int = HOUR) -> OpenedCommitment:
    return open_commitment(
        of,
        hour,
        history=stores.history,
        secrets=stores.secrets,
        corrections=stores.corrections,
    )


def kept(found: OpenedCommitment, tmp_path: Path) -> Path:
    path = tmp_path / "opening.json"
    content = {"id": found.row_id, "mark": found.mark, "salt": found.salt}
    path.write_text(json.dumps(content))
    return path


def test_a_trader_can_prove_his_mark(
    stores: Fakes, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = opening(stores, trader(seat=2))
    code, said = run(capsys, path, "--opening", kept(found, tmp_path))
    assert code == 0
    assert "row 2 (id " in said
    assert "value 1002.0 USDT, index 1.5" in said


def test_an_invented_mark_proves_nothing(
    stores: Fakes, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = kept(opening(stores, trader(seat=2)), tmp_path)
    file.write_text(file.read_text().replace("1002.0", "9002.0"))
    code, said = run(capsys, path, "--opening", file)
    assert code == 1
    assert "row 2 (id " in said
    assert "committed to" in said


def test_anothers_row_cannot_be_opened(
    stores: Fakes, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = opening(stores, trader(seat=2)), opening(stores, trader(seat=1))
    file = kept(one, tmp_path)
    file.write_text(file.read_text().replace(one.row_id, other.row_id))
    assert run(capsys, path, "--opening", file)[0] == 1


def test_an_hour_without_a_mark_cannot_be_opened(stores: Fakes, path: Path) -> None:
    with pytest.raises(NotFound, match="2026-03-01T13:00Z"):
        opening(stores, trader(seat=2), HOUR + 1)


def test_after_the_secret_is_destroyed_nothing_can_be_opened(stores: Fakes, path: Path) -> None:
    stores.secrets.forget(2)
    with pytest.raises(NotFound):
        opening(stores, trader(seat=2))


@pytest.mark.parametrize(
    ("from_hour", "opens"), [(HOUR - 1, False), (HOUR, False), (HOUR + 1, True)]
)
def test_a_mark_that_was_corrected_afterwards_is_not_passed_off_as_the_one_committed_to(
    stores: Fakes, path: Path, from_hour: int, *, opens: bool
) -> None:
    stores.corrections.keep(
        Corrected("A2", 2, HOUR + 3, from_hour, from_hour, ("T1",), {"24h": 100})
    )
    if opens:
        assert opening(stores, trader(seat=2)).hour == HOUR
        return
    with pytest.raises(Conflict, match="corrected"):
        opening(stores, trader(seat=2))
