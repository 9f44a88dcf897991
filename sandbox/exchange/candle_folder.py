"""A market on recorded candles: the hours of a folder, moved to the time of the demo.

Inside an hour the path runs from open through low and high to close and touches each exactly, so
its hour candle is the file's again. After its last candle the record runs backward, then forward
again, and so on: there always is a price, it never jumps and never leaves the recorded range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import numpy as np

from sandbox.exchange.candle_files import CandleFileError, HourCandles, read_folder
from sandbox.exchange.catalogue import SYMBOLS, TRADING, SymbolSpec, make_spec, split_name
from sandbox.exchange.intervals import DAY_MS, HOUR_MS
from sandbox.exchange.market import Market
from sandbox.exchange.path import (
    STEP_MS,
    STEPS_PER_HOUR,
    Floats,
    Ints,
    Recent,
    draw_counts,
    make_points,
    random_for,
    share_out,
)
from sandbox.exchange.synthetic import COINS, trades_per_hour

_HOURS_PER_DAY = 24
_LEAD_HOURS = 30 * _HOURS_PER_DAY
# Left after the demo's hours: a week of live running, and a day for the shift by whole days.
_RUNNING_HOURS = 8 * _HOURS_PER_DAY
_MOST_DECIMALS = 8
_LAST = STEPS_PER_HOUR - 1
_STEPS_OF_HOURS = np.repeat(STEPS_PER_HOUR, _HOURS_PER_DAY)


def folder_market(folder: Path, seed: int, *, start: int, hours: int) -> Market:
    """The market of the candles in `folder`, moved by whole days (`shift_ms`) so that `hours` from
    `start` (ms) lie inside them, with up to 30 days before and as much as there is after.

    Raises CandleFileError for a folder that cannot be used.
    """
    candles = read_folder(folder)
    first = max(each.first_open for each in candles.values())
    recorded = (min(each.end for each in candles.values()) - first) // HOUR_MS
    if recorded <= 0:
        raise CandleFileError(f"{folder}: the pairs have no hour in common")
    lead = min(max(recorded - hours - _RUNNING_HOURS, 0), _LEAD_HOURS)
    shift_ms = (start - lead * HOUR_MS - first) // DAY_MS * DAY_MS
    recordings = {symbol: _recording(each, shift_ms) for symbol, each in candles.items()}
    return Market(FolderPaths(recordings, seed), seed, shift_ms=shift_ms)


@dataclass(frozen=True, slots=True)
class Recording:
    """One pair's candles in ticks (rows open, high, low, close) and steps, from `first_hour` on."""

    spec: SymbolSpec
    first_hour: int
    ticks: Ints
    steps: Ints


class FolderPaths:
    """The paths of the recorded pairs."""

    def __init__(self, recordings: Mapping[str, Recording], seed: int) -> None:
        self.symbols = {symbol: each.spec for symbol, each in recordings.items()}
        self._recordings = recordings
        self._seed = seed
        self._points: Recent[tuple[str, int], Ints] = Recent(2 * len(recordings) + 20)

    def opens_at(self, symbol: str) -> int:
        """The open time of the pair's first candle."""
        return self._recordings[symbol].first_hour * HOUR_MS

    def points(self, symbol: str, day: int) -> Ints:
        """A day of the record, in steps of ten seconds."""
        return self._points.get((symbol, day), lambda: self._make(symbol, day))

    def _make(self, symbol: str, day: int) -> Ints:
        recording = self._recordings[symbol]
        random = random_for(self._seed, symbol, day, "points")
        prices, volumes = _hours_of(recording, day)
        corners = _corners(random)
        ticks = _walk(random, prices, corners)
        counts = _counts(random, recording, volumes, corners)
        weights = counts * (random.standard_exponential(counts.shape) + 1e-6)
        weights[volumes == 0] = 1.0
        left = volumes - counts.sum(axis=1)
        steps = counts.ravel() + share_out(left, _STEPS_OF_HOURS, weights.ravel())
        kept = counts > 0
        np.put_along_axis(kept, corners, True, axis=1)
        chosen = np.flatnonzero(kept)
        starts = day * DAY_MS + chosen * STEP_MS
        return make_points(
            random, starts, ticks.ravel()[chosen], steps[chosen], counts.ravel()[chosen]
        )


def _recording(candles: HourCandles, shift_ms: int) -> Recording:
    prices, volumes = candles.columns[:4], candles.columns[4]
    spec = _spec(candles)
    return Recording(
        spec=spec,
        first_hour=(candles.first_open + shift_ms) // HOUR_MS,
        ticks=np.rint(prices / float(spec.tick_size)).astype(np.int64),
        steps=np.rint(volumes / float(spec.step_size)).astype(np.int64),
    )


def _spec(candles: HourCandles) -> SymbolSpec:
    """The catalogue's entry, or one made from the name; with a tick that fits every price."""
    listed = SYMBOLS.get(candles.symbol)
    names = (listed.base, listed.quote) if listed else split_name(candles.symbol)
    if names is None:
        raise CandleFileError(f"{candles.symbol}: quoted in a coin that is unknown here")
    base, quote = names
    traded = float((candles.columns[3] * candles.columns[4]).mean()) * _HOURS_PER_DAY
    worth = COINS[quote].value_usdt if quote in COINS else 1.0
    day_value = round(traded * worth)
    decimals = _decimals(candles.columns[:4])
    tick = Decimal(1).scaleb(-decimals)
    if listed and listed.tick_size <= tick:
        return replace(listed, status=TRADING, day_value_usdt=day_value)
    step = Decimal(1).scaleb(decimals - _MOST_DECIMALS)
    if listed:
        step = max(step, listed.step_size)
    return make_spec(base, quote, format(tick, "f"), format(step, "f"), day_value)


def _decimals(prices: Floats) -> int:
    common = int(np.gcd.reduce(np.rint(prices * 10**_MOST_DECIMALS).astype(np.int64), axis=None))
    decimals = _MOST_DECIMALS
    while decimals and common % 10 == 0:
        common, decimals = common // 10, decimals - 1
    return decimals


def _hours_of(recording: Recording, day: int) -> tuple[Ints, Ints]:
    """Prices (4 × 24) and volumes of the day's hours, mirrored past the ends of the record."""
    hours = np.arange(day * _HOURS_PER_DAY, (day + 1) * _HOURS_PER_DAY) - recording.first_hour
    recorded = len(recording.steps)
    rounds, places = np.divmod(hours, recorded)
    backward = rounds % 2 == 1
    places = np.where(backward, recorded - 1 - places, places)
    opened, high, low, close = recording.ticks[:, places]
    begin, end = np.where(backward, close, opened), np.where(backward, opened, close)
    return np.stack((begin, high, low, end)), recording.steps[places]


def _corners(random: np.random.Generator) -> Ints:
    """The steps of each hour at which it has its open, its two extremes and its close."""
    one, other = random.integers(1, _LAST - 1, (2, _HOURS_PER_DAY), dtype=np.int64)
    first, second = np.minimum(one, other), np.maximum(one, other) + 1
    return np.stack((np.zeros_like(first), first, second, np.full_like(first, _LAST)), axis=1)


def _walk(random: np.random.Generator, prices: Ints, corners: Ints) -> Ints:
    """Ticks of each hour's steps: a noisy line through its corners, never outside low and high."""
    opened, high, low, close = prices
    # A rising hour more often has its low first.
    low_first = random.random(_HOURS_PER_DAY) < np.where(close >= opened, 0.7, 0.3)
    extremes = np.where(low_first, low, high), np.where(low_first, high, low)
    levels = np.stack((opened, *extremes, close), axis=1)
    strength = (high - low) / (2 * STEPS_PER_HOUR**0.5)
    moves = random.standard_normal((_HOURS_PER_DAY, STEPS_PER_HOUR))
    noise = moves.cumsum(axis=1) * strength[:, np.newaxis]
    pinned = levels - np.take_along_axis(noise, corners, axis=1)
    steps = np.arange(STEPS_PER_HOUR)
    piece = (steps > corners[:, 1:2]).astype(np.int64) + (steps > corners[:, 2:3])
    begin, end = (np.take_along_axis(corners, piece + side, axis=1) for side in (0, 1))
    at_begin, at_end = (np.take_along_axis(pinned, piece + side, axis=1) for side in (0, 1))
    line = at_begin + (at_end - at_begin) * (steps - begin) / (end - begin)
    ticks: Ints = np.rint(noise + line).astype(np.int64)
    ticks = ticks.clip(low[:, np.newaxis], high[:, np.newaxis])
    np.put_along_axis(ticks, corners, levels, axis=1)
    return ticks


def _counts(
    random: np.random.Generator, recording: Recording, volumes: Ints, corners: Ints
) -> Ints:
    """How often each step trades; in an hour never more than the hour's volume has steps."""
    usual = trades_per_hour(recording.spec.day_value_usdt) / STEPS_PER_HOUR
    busy = np.clip(volumes / max(float(recording.steps.mean()), 1.0), 0.62, 1.4)
    drawn = draw_counts(random, np.repeat(usual * busy, STEPS_PER_HOUR))
    counts = drawn.reshape(_HOURS_PER_DAY, STEPS_PER_HOUR)
    at_corners = np.take_along_axis(counts, corners, axis=1)
    np.put_along_axis(counts, corners, at_corners + 1, axis=1)
    wanted = np.minimum(counts.sum(axis=1), volumes)
    shares = share_out(wanted, _STEPS_OF_HOURS, counts.ravel().astype(np.float64))
    return shares.reshape(counts.shape)
