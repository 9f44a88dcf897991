"""A folder of candles becomes a market whose hour candles are the files' again."""

from __future__ import annotations

import gzip
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.exchange.candle_folder import folder_market
from sandbox.exchange.intervals import DAY_MS, HOUR_MS
from sandbox.exchange.market import Market

HEADER = "open_time,open,high,low,close,volume"
FIRST = 1_735_689_600_000  # 2025-01-01
START = 1_790_000_000_000 // DAY_MS * DAY_MS
REAL_FOLDER = Path(__file__).parents[4] / "shared" / "market"
Row = tuple[int, str, str, str, str, str]


def rows(hours: int, first: int = FIRST) -> list[Row]:
    """Candles whose price goes up and down between 100 and about 130."""
    made = []
    close = 100
    for hour in range(hours):
        opened, close = close, 100 + (7 * hour) % 31
        high, low = max(opened, close) + hour % 3, min(opened, close) - hour % 2
        volume = f"{50 + hour}.125"
        made.append(
            (first + hour * HOUR_MS, f"{opened}.00", f"{high}.0", f"{low}", f"{close}.00", volume)
        )
    return made


def text(candles: list[Row]) -> str:
    return "\n".join([HEADER, *(",".join(map(str, row)) for row in candles)]) + "\n"


def official(candles: list[Row], factor: int = 1) -> str:
    """The exchange's own form: twelve columns, no header, times in ms (1) or µs (1000)."""
    lines = []
    for time, *prices, volume in candles:
        closes = (time + HOUR_MS) * factor - 1
        lines.append(f"{time * factor},{','.join(prices)},{volume},{closes},1.0,10,0.5,0.5,0")
    return "\n".join(lines) + "\n"


def write(folder: Path, name: str, content: str) -> None:
    path = folder / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(content.encode()))
    elif name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name.replace(".zip", ".csv"), content)
    else:
        path.write_text(content, encoding="utf-8")


def assert_answers(market: Market, symbol: str, candles: list[Row]) -> None:
    begin = candles[0][0] + market.shift_ms
    now = begin + len(candles) * HOUR_MS
    step = market.symbols[symbol].step_size
    got = market.candles(symbol, "1h", start=begin, end=None, limit=1000, now=now)

    assert len(got) == len(candles)
    for candle, (time, *prices, volume) in zip(got, candles, strict=True):
        assert candle.open_time == time + market.shift_ms
        shown = [candle.open, candle.high, candle.low, candle.close]
        assert shown == [Decimal(price) for price in prices]
        assert abs(candle.volume - Decimal(volume)) <= step / 2
        assert market.price(symbol, candle.close_time + 1) == candle.close


@pytest.mark.parametrize("name", ["BTCUSDT-1h.csv", "BTCUSDT-1h.csv.gz"])
def test_a_file_comes_back_as_hour_candles(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, text(rows(60)))
    write(tmp_path, "README.md", "not a table")
    assert_answers(folder_market(tmp_path, 1, start=START, hours=24), "BTCUSDT", rows(60))


@pytest.mark.parametrize("factor", [1, 1000])
@pytest.mark.parametrize("ending", ["csv", "zip"])
@pytest.mark.parametrize("header", ["", HEADER + ",close_time,quote,count,taker,taker_quote,no\n"])
def test_official_files_come_back_too(
    tmp_path: Path, factor: int, ending: str, header: str
) -> None:
    candles = rows(60)
    write(tmp_path, f"ETHUSDT-1h-2025-01.{ending}", header + official(candles[:25]))
    write(tmp_path, f"ETHUSDT-1h-2025-02.{ending}", header + official(candles[25:], factor))
    assert_answers(folder_market(tmp_path, 1, start=START, hours=24), "ETHUSDT", candles)


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_any_candle_is_touched_exactly(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    candles: list[Row] = []
    for hour in range(3):
        prices = sorted(data.draw(st.lists(st.integers(1, 10**7), min_size=4, max_size=4)))
        inner = data.draw(st.permutations(prices[1:3]))
        volume = data.draw(st.integers(0, 10**9))
        shown = [f"{price / 100:.2f}" for price in (inner[0], prices[3], prices[0], inner[1])]
        opened, high, low, close = shown
        at = FIRST + hour * HOUR_MS
        candles.append((at, opened, high, low, close, f"{volume / 10**5:.5f}"))
    folder = tmp_path_factory.mktemp("candles")
    write(folder, "BTCUSDT-1h.csv", text(candles))

    market = folder_market(folder, 1, start=START, hours=3)

    assert_answers(market, "BTCUSDT", candles)
    begin = FIRST + market.shift_ms
    for candle in market.candles("BTCUSDT", "1h", start=begin, end=None, limit=3, now=START * 2):
        end = candle.close_time + 1
        trades = market.tape("BTCUSDT", start=candle.open_time, end=end, limit=99_999)
        assert all(candle.low <= trade.price <= candle.high for trade in trades)
        assert sum((trade.quantity for trade in trades), Decimal(0)) == candle.volume


def test_only_the_pairs_of_the_folder_are_listed_and_all_trade(tmp_path: Path) -> None:
    for symbol in ("BTCUSDT", "WAVESUSDT", "NEWUSDT"):
        write(tmp_path, f"{symbol}-1h.csv", text(rows(24)))
    market = folder_market(tmp_path, 1, start=START, hours=24)

    assert set(market.symbols) == {"BTCUSDT", "WAVESUSDT", "NEWUSDT"}
    assert {market.status(symbol, START) for symbol in market.symbols} == {"TRADING"}
    assert market.symbols["NEWUSDT"].base == "NEW"
    assert market.symbols["NEWUSDT"].tick_size == 1


@pytest.mark.parametrize(
    ("recorded", "hours", "days_before", "days_after"),
    [
        (100, 32, 30, 30),  # enough: 30 days before the demo, the rest after it
        (50, 32, 9, 7),  # a week is kept for running on
        (35, 32, 0, 2),  # too short for that: begin with the record
    ],
)
def test_the_record_is_moved_by_whole_days_to_cover_the_demo(
    tmp_path: Path, recorded: int, hours: int, days_before: int, days_after: int
) -> None:
    write(tmp_path, "BTCUSDT-1h.csv", text(rows(recorded * 24)))
    start = START + 5 * HOUR_MS
    market = folder_market(tmp_path, 1, start=start, hours=hours * 24)
    begin = FIRST + market.shift_ms
    end = begin + recorded * DAY_MS

    assert market.shift_ms % DAY_MS == 0
    assert (start - begin) // DAY_MS >= days_before
    assert (end - start) // DAY_MS - hours >= days_after


def test_after_the_record_it_runs_backward_and_forward_again(tmp_path: Path) -> None:
    write(tmp_path, "BTCUSDT-1h.csv", text(rows(24)))
    market = folder_market(tmp_path, 1, start=START, hours=24)
    candles = market.candles("BTCUSDT", "1h", start=START, end=None, limit=72, now=START * 2)
    forward, backward, again = candles[:24], candles[24:48], candles[48:]

    assert [each.close for each in backward] == [each.open for each in forward[::-1]]
    assert [each.open for each in backward] == [each.close for each in forward[::-1]]
    assert [each.high for each in backward] == [each.high for each in forward[::-1]]
    assert [each.volume for each in again] == [each.volume for each in forward]
    assert [each.close for each in again] == [each.close for each in forward]


def test_there_is_no_price_before_the_record(tmp_path: Path) -> None:
    write(tmp_path, "BTCUSDT-1h.csv", text(rows(24)))
    market = folder_market(tmp_path, 1, start=START, hours=24)
    with pytest.raises(LookupError, match="not listed yet"):
        market.price("BTCUSDT", START)


def test_the_same_folder_and_seed_give_the_same_trades(tmp_path: Path) -> None:
    write(tmp_path, "BTCUSDT-1h.csv", text(rows(48)))
    one, other, third = (
        folder_market(tmp_path, seed, start=START, hours=24).tape(
            "BTCUSDT", start=START, end=START + HOUR_MS, limit=9999
        )
        for seed in (1, 1, 2)
    )
    assert one == other != third


@pytest.fixture(scope="module")
def real() -> Market:
    if not REAL_FOLDER.is_dir():
        pytest.skip("the folder of recorded candles (../shared/market) is absent")
    return folder_market(REAL_FOLDER, 1, start=START, hours=33 * 24)


@pytest.mark.parametrize(
    "symbol", ["BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "XRPUSDT", "ADAUSDT"]
)
@pytest.mark.parametrize("offset_days", [-20, 0, 31])
def test_recorded_candles_come_back(real: Market, symbol: str, offset_days: int) -> None:
    lines = gzip.decompress((REAL_FOLDER / f"{symbol}-1h.csv.gz").read_bytes()).decode().split()
    first = START + offset_days * DAY_MS - real.shift_ms
    kept = [line.split(",") for line in lines[1:]]
    chosen = [row for row in kept if first <= int(row[0]) < first + 2 * DAY_MS]
    assert len(chosen) == 48
    assert_answers(real, symbol, [(int(row[0]), *row[1:]) for row in chosen])  # type: ignore[misc]


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT", "SOLUSDT"])
def test_recorded_big_pairs_print_thousands_of_trades_an_hour(real: Market, symbol: str) -> None:
    for hour in range(24):
        begin = START + hour * HOUR_MS
        count = len(real.tape(symbol, start=begin, end=begin + HOUR_MS, limit=9999))
        assert 2_000 <= count <= 6_000
