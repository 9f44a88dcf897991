"""A wrong file is refused, and the text names file, line and value."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox.exchange.candle_files import CandleFileError, read_folder
from sandbox.exchange.candle_folder import folder_market
from sandbox.exchange.intervals import HOUR_MS

HEADER = "open_time,open,high,low,close,volume"
FIRST = 1_735_689_600_000  # 2025-01-01
NAME = "BTCUSDT-1h.csv"


def line(hour: int, rest: str = "10,12,9,11,5") -> str:
    return f"{FIRST + hour * HOUR_MS},{rest}"


GOOD = [line(0), line(1), line(2)]


def refusal(folder: Path) -> str:
    with pytest.raises(CandleFileError) as caught:
        read_folder(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("third", "expected"),
    [
        (line(3), "gap: the candle of 2025-01-01T02:00Z is missing before open time: '17357004"),
        (line(1), "duplicate: the same open time as the row before: '1735693200000'"),
        (line(0), "disorder: open time lies before that of the row before: '1735689600000'"),
        ("soon,1,1,1,1,1", "open time is no whole number: 'soon'"),
        ("1735696800001,1,1,1,1,1", "open time is no full hour: '1735696800001'"),
        ("1735696800000001,1,1,1,1,1", "open time is no full hour: '1735696800000001'"),
        (line(2, "10,12,9,11"), f"5 columns instead of 6: '{line(2, '10,12,9,11')}'"),
        (line(2, "10,12,9,x,5"), "no number: 'x'"),
        (line(2, "10,12,9,,5"), "no number: ''"),
        (line(2, "10,nan,9,11,5"), "price is not above 0: 'nan'"),
        (line(2, "10,inf,9,11,5"), "price is not above 0: 'inf'"),
        (line(2, "0,12,0,11,5"), "price is not above 0: '0'"),
        (line(2, "10,12,-9,11,5"), "price is not above 0: '-9'"),
        (line(2, "10,1e9,9,11,5"), "price is too large: '1e9'"),
        (line(2, "10,12,9.123456789,11,5"), "price has more than 8 decimals: '9.123456789'"),
        (line(2, "10,12,13,11,5"), "price lies outside low to high: '10'"),
        (line(2, "12,9,12,12,5"), "price lies outside low to high: '12'"),
        (line(2, "10,12,9,13,5"), "price lies outside low to high: '13'"),
        (line(2, "10,12,9,11,-5"), "volume is not 0 or more: '-5'"),
        (line(2, "10,12,9,11,nan"), "volume is not 0 or more: 'nan'"),
    ],
)
@pytest.mark.parametrize("header", [True, False])
def test_a_bad_row_is_named(tmp_path: Path, third: str, expected: str, header: bool) -> None:
    lines = [HEADER] * header + [line(0), line(1), third]
    (tmp_path / NAME).write_text("\n".join(lines))

    assert refusal(tmp_path).startswith(f"{NAME} line {3 + header}: {expected}")


def test_the_first_of_several_bad_rows_is_named(tmp_path: Path) -> None:
    lines = [line(0), line(1, "10,12,9,11,-5"), line(2, "0,12,9,11,5")]
    (tmp_path / NAME).write_text("\n".join(lines))
    assert "line 2: volume" in refusal(tmp_path)


def test_a_gap_between_two_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "BTCUSDT-1h-2025-01.csv").write_text("\n".join(GOOD))
    (tmp_path / "BTCUSDT-1h-2025-02.csv").write_text("\n".join([line(4), line(5)]))
    assert refusal(tmp_path).startswith("BTCUSDT-1h-2025-02.csv line 1: gap")


def test_an_unknown_header_is_shown(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("\n".join(["time,o,h,l,c,v", *GOOD]))
    assert refusal(tmp_path) == f"{NAME} line 1: expected {HEADER}: 'time,o,h,l,c,v'"


@pytest.mark.parametrize("content", ["", "\n", HEADER, HEADER + "\n"])
def test_a_file_without_candles_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / NAME).write_text(content)
    assert refusal(tmp_path) == f"{NAME}: holds no candle"


@pytest.mark.parametrize("name", ["BTCUSDT-1h.csv.gz", "BTCUSDT-1h.zip", NAME])
def test_a_file_of_rubbish_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xff\xfe\x1f rubbish")
    assert refusal(tmp_path).startswith(f"{name}: cannot be read: ")


@pytest.mark.parametrize("name", ["BTCUSDT-5m.csv", "BTCUSDT.csv", "prices.zip"])
def test_a_table_of_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("\n".join(GOOD))
    assert refusal(tmp_path) == f"{name}: not named like SYMBOL-1h.csv"


def test_a_folder_without_candles_is_refused(tmp_path: Path) -> None:
    assert re.search("holds no file named like SYMBOL-1h.csv", refusal(tmp_path))


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nowhere").endswith("nowhere is no folder")


def test_an_unknown_quote_coin_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ABCXYZ-1h.csv").write_text("\n".join(GOOD))
    with pytest.raises(CandleFileError, match="ABCXYZ: quoted in a coin that is unknown here"):
        folder_market(tmp_path, 1, start=FIRST, hours=1)


def test_pairs_without_a_common_hour_are_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("\n".join(GOOD))
    (tmp_path / "ETHUSDT-1h.csv").write_text(line(5))
    with pytest.raises(CandleFileError, match="no hour in common"):
        folder_market(tmp_path, 1, start=FIRST, hours=1)
