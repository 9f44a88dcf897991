// Two lines over days, on uPlot. Loaded late: only a page with a line to draw asks for it.

import uPlot from "uplot";
import type { Day } from "./api";
import { shortDay } from "./format";

const HEIGHT = 300;
const DAY_S = 86_400;
const FONT = "12px Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const STEPS = [1, 2, 7, 14, 30, 60, 120].map((days) => days * DAY_S);
const DASH = [4, 4];

/** Draw into `box`; `onNear` gets the place of the day under the pointer. Returns how to stop. */
export function drawLine(box: HTMLElement, days: Day[], onNear: (place: number | null) => void): () => void {
  const color = colorsOf(box);
  const line = (stroke: string, more: Partial<uPlot.Series> = {}): uPlot.Series => ({
    stroke,
    width: 2,
    spanGaps: false,
    points: { show: days.length < 3 },
    ...more,
  });
  const axis = { stroke: color("--quiet"), font: FONT, ticks: { show: false } };
  const grid = { stroke: color("--faint"), width: 1 };
  const options: uPlot.Options = {
    width: box.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: { y: { range: (_, low, high) => padded(Math.min(low, 0), Math.max(high, 0)) } },
    axes: [
      { ...axis, incrs: STEPS, space: 74, size: 34, grid: { show: false }, values: (_, at) => at.map(dayOf) },
      { ...axis, size: 62, grid, values: (_, at) => at.map((value) => `${value < 0 ? "−" : ""}${Math.abs(value)} %`) },
    ],
    series: [
      {},
      { stroke: "transparent", width: 0, fill: color("--wash"), points: { show: false } },
      line(color("--other"), { width: 1.500 }),
      line(color("--accent"), { dash: DASH }),
      line(color("--accent")),
    ],
    hooks: {
      drawClear: [(plot) => zeroLine(plot, color("--edge"))],
      setCursor: [(plot) => onNear(plot.cursor.idx ?? null)],
    },
  };
  box.replaceChildren();
  const plot = new uPlot(options, columns(days), box);
  const fitted = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT }));
  fitted.observe(box);
  return () => {
    fitted.disconnect();
    plot.destroy();
  };
}

function colorsOf(box: HTMLElement): (name: string) => string {
  const style = getComputedStyle(box);
  return (name) => style.getPropertyValue(name).trim();
}

// The ground below the trader's line, first, so that it covers nothing; Bitcoin; the trader before
// joining, up to the first point after it; the trader since.
function columns(days: Day[]): uPlot.AlignedData {
  const number = (text: string | null) => (text === null ? null : Number(text));
  const own = days.map((each) => number(each.cumulative_pct));
  const before = own.map((value, place) => (days[place]?.imported || days[place - 1]?.imported ? value : null));
  const since = own.map((value, place) => (days[place]?.imported ? null : value));
  const btc = days.map((each) => number(each.btc_pct));
  return [days.map((each) => Date.parse(each.date) / 1000), since, btc, before, since];
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
  const { left, width } = plot.bbox;
  plot.ctx.save();
  plot.ctx.strokeStyle = stroke;
  plot.ctx.lineWidth = devicePixelRatio;
  plot.ctx.beginPath();
  plot.ctx.moveTo(left, y);
  plot.ctx.lineTo(left + width, y);
  plot.ctx.stroke();
  plot.ctx.restore();
}
