"""A stored block as a table."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.adapters.dynamo.blocks import encode_block
from chalicelib.domain.block import Block, Kind
from chalicelib.entrypoints.operate import main
from chalicelib.entrypoints.operate_block import block_lines
from tests.builders import block

GOOD = encode_block(block(value={0: 7.5}))


def test_a_block_prints_as_a_table() -> None:
    lines = list(
        block_lines(Block(Kind.HOUR, block(value={17: 25.5}, flags={17: 1}).columns, {"a": 1}))
    )
    assert lines[:2] == ["kind H (hour)", 'notes {"a": 1}']
    assert lines[2].split()[:3] == ["seat", "value", "index"]
    assert lines[3].split()[:3] == ["17", "25.5", "–"]
    assert len(lines) == 4


@pytest.mark.parametrize(
    "form", [bytes, base64.b64encode, lambda raw: base64.b64encode(raw) + b"\n"]
)
def test_a_block_is_printed_from_a_file(
    form: Callable[[bytes], bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "block"
    path.write_bytes(form(GOOD))
    assert main(["block", "--file", str(path)]) == 0
    assert "7.5" in capsys.readouterr().out


def test_what_is_no_block_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "block"
    path.write_bytes(b"\x07rubbish")
    assert main(["block", "--file", str(path)]) == 2
    assert capsys.readouterr().err == "operate: block of version 07: not known here\n"


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["block", "--file", "/nowhere/block"]) == 2
    assert "/nowhere/block cannot be read" in capsys.readouterr().err


def test_which_block_must_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["block", "0", "hour"])
    assert "say NUMBER KIND HOUR, or --file FILE" in capsys.readouterr().err
