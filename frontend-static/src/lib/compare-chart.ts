// The lines of a few traders on one chart. Loaded late, with the chart's library.

import type uPlot from "uplot";
import type { Day } from "./api";
import { type OnNear, colorsOf, drawDays, fromZero, lineOf, numberOf, secondsOf } from "./line-chart";

export const DASHES: readonly number[][] = [[], [11, 5], [2, 4], [12, 4, 2, 4]];
const RADIUS = 8;

/** Draws one line per trader, told apart by colour, dashes and the number at its end, and
 * Bitcoin's as a thin one. All lists are of the same days. Returns how to stop. */
export function drawCompared(box: HTMLElement, traders: (Day[] | null)[], btc: Day[], onNear: OnNear): () => void {
  const color = colorsOf(box);
  const colors = traders.map((_, place) => color(`--line-${place + 1}`));
  const lines = traders.map((days) => btc.map((_, place) => numberOf(days?.[place]?.cumulative_pct)));
  return drawDays(box, {
    color,
    onNear,
    unit: (value) => `${value < 0 ? "−" : ""}${Math.abs(value)} %`,
    range: fromZero,
    edge: 0,
    series: [
      lineOf(color("--other"), btc.length, { width: 1.500 }),
      ...colors.map((stroke, place) => lineOf(stroke, btc.length, { width: 2.500, dash: DASHES[place] ?? [] })),
    ],
    columns: [secondsOf(btc), btc.map((each) => numberOf(each.btc_pct)), ...lines],
    hooks: { draw: [(plot) => ends(plot, lines, colors, color("--card"))] },
  });
}

// The number of each trader in a disc on the line, near its end; side by side, so that none covers another.
function ends(plot: uPlot, lines: (number | null)[][], colors: string[], ground: string): void {
  const { ctx } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.font = `700 ${11 * scale}px Arial, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  lines.forEach((values, place) => {
    const right = plot.bbox.left + plot.bbox.width;
    const x = right - RADIUS * scale * (1 + 2.200 * place);
    const value = valueAt(plot.data[0], values, plot.posToVal((x - plot.bbox.left) / scale, "x"));
    if (value === null) return;
    const y = plot.valToPos(value, "y", true);
    ctx.fillStyle = colors[place] ?? "";
    ctx.beginPath();
    ctx.arc(x, y, RADIUS * scale, 0, 2 * Math.PI);
    ctx.fill();
    ctx.fillStyle = ground;
    ctx.fillText(String(place + 1), x, y + scale * 0.5);
  });
  ctx.restore();
}

// The height of a line between two of its points.
function valueAt(times: ArrayLike<number>, values: (number | null)[], time: number): number | null {
  const after = Array.from(times).findIndex((each) => each >= time);
  const before = Math.max(after - 1, 0);
  const [low, high] = [values[before] ?? null, values[after] ?? null];
  const [start, end] = [times[before], times[after]];
  if (low === null || high === null || start === undefined || end === undefined) return null;
  return end === start ? high : low + ((high - low) * (time - start)) / (end - start);
}
