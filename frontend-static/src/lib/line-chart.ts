// Two lines over days, on uPlot, and what all drawings over days share. Loaded late: only a page
// with a line to draw asks for it.

import uPlot from "uplot";
import "../styles/chart.css";
import type { Day } from "./api";
import { shortDay } from "./format";

const DAY_S = 86_400;
const FONT = "12px Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const STEPS = [1, 2, 7, 14, 30, 60, 120].map((days) => days * DAY_S);
export const DASH = [4, 4];

/** Gets the place of the day under the pointer, null when there is none. */
export type OnNear = (place: number | null) => void;
export type Colors = (name: string) => string;

/** The trader's line beside Bitcoin's, drawn into `box`. Returns how to stop. */
export function drawLine(box: HTMLElement, days: Day[], onNear: OnNear): () => void {
  const color = colorsOf(box);
  const line = (stroke: string, more: Partial<uPlot.Series> = {}) => lineOf(stroke, days.length, more);
  return drawDays(box, {
    color,
    onNear,
    unit: (value) => `${value < 0 ? "−" : ""}${Math.abs(value)} %`,
    range: fromZero,
    series: [
      { stroke: "transparent", width: 0, fill: color("--wash"), points: { show: false } },
      line(color("--other"), { width: 1.500 }),
      line(color("--accent"), { dash: DASH }),
      line(color("--accent")),
    ],
    columns: columns(days),
  });
}

export type Drawing = {
  color: Colors;
  onNear: OnNear;
  /** How a value stands at the axis. */
  unit: (value: number) => string;
  range: (low: number, high: number) => [number, number];
  series: uPlot.Series[];
  columns: uPlot.AlignedData;
  hooks?: uPlot.Hooks.Arrays;
  /** Seconds free before the first day and after the last. */
  edge?: number;
};

/** Draws columns over days into `box`. Returns how to stop. */
export function drawDays(box: HTMLElement, drawing: Drawing): () => void {
  const { color, edge = 0 } = drawing;
  const axis = { stroke: color("--quiet"), font: FONT, ticks: { show: false } };
  const grid = { stroke: color("--faint"), width: 1 };
  const height = box.clientHeight;
  const options: uPlot.Options = {
    width: box.clientWidth,
    height,
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: {
      x: { range: (_, first, last) => [first - edge, last + edge] },
      y: { range: (_, low, high) => drawing.range(low, high) },
    },
    axes: [
      { ...axis, incrs: STEPS, space: 74, size: 34, grid: { show: false }, values: (_, at) => at.map(dayOf) },
      { ...axis, size: 62, grid, values: (_, at) => at.map(drawing.unit) },
    ],
    series: [{}, ...drawing.series],
    hooks: {
      ...drawing.hooks,
      drawClear: [(plot) => zeroLine(plot, color("--edge"))],
      setCursor: [(plot) => drawing.onNear(plot.cursor.idx ?? null)],
    },
  };
  box.replaceChildren();
  const plot = new uPlot(options, drawing.columns, box);
  const fitted = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height }));
  fitted.observe(box);
  return () => {
    fitted.disconnect();
    plot.destroy();
  };
}

/** A line; where there are few days, with its points. */
export function lineOf(stroke: string, count: number, more: Partial<uPlot.Series> = {}): uPlot.Series {
  return { stroke, width: 2, spanGaps: false, points: { show: count < 3 }, ...more };
}

export function colorsOf(box: HTMLElement): Colors {
  const style = getComputedStyle(box);
  return (name) => style.getPropertyValue(name).trim();
}

export function numberOf(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Number(text);
}

export function secondsOf(days: Day[]): number[] {
  return days.map((each) => Date.parse(each.date) / 1000);
}

/** The values of days before joining, up to the first after it, and those since. */
export function split(days: Day[], values: (number | null)[]): [(number | null)[], (number | null)[]] {
  return [
    values.map((value, place) => (days[place]?.imported || days[place - 1]?.imported ? value : null)),
    values.map((value, place) => (days[place]?.imported ? null : value)),
  ];
}

// The ground below the trader's line, first, so that it covers nothing; Bitcoin; the trader before
// joining, up to the first point after it; the trader since.
function columns(days: Day[]): uPlot.AlignedData {
  const [before, since] = split(days, days.map((each) => numberOf(each.cumulative_pct)));
  return [secondsOf(days), since, days.map((each) => numberOf(each.btc_pct)), before, since];
}

/** A range with 0 in it and some room. */
export function fromZero(low: number, high: number): [number, number] {
  return padded(Math.min(low, 0), Math.max(high, 0));
}

function padded(low: number, high: number): [number, number] {
  const room = Math.max((high - low) * 0.08, 0.05);
  return [low < 0 ? low - room : 0, high > 0 ? high + room : room];
}

function dayOf(seconds: number): string {
  return shortDay(new Date(seconds * 1000).toISOString());
}

function zeroLine(plot: uPlot, stroke: string): void {
  const y = Math.round(plot.valToPos(0, "y", true)) + 0.5;
  const { left, top, width, height } = plot.bbox;
  if (y < top || y > top + height + 1) return;
  plot.ctx.save();
  plot.ctx.strokeStyle = stroke;
  plot.ctx.lineWidth = devicePixelRatio;
  plot.ctx.beginPath();
  plot.ctx.moveTo(left, y);
  plot.ctx.lineTo(left + width, y);
  plot.ctx.stroke();
  plot.ctx.restore();
}
