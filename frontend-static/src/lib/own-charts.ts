// What a trader alone sees over days: bars of profit and loss, and his net worth with what came in
// and went out. Loaded late, by his own profile.

import uPlot from "uplot";
import type { Day } from "./api";
import { DOTS } from "./amounts";
import { DASH, type Colors, type OnNear, colorsOf, drawDays, fromZero, lineOf, numberOf, secondsOf, split } from "./line-chart";

const HALF_A_DAY_S = 43_200;
const WIDEST_BAR = 34;
const ROOM = 0.12;

/** Bars of each day's profit (filled) or loss (outlined, so that colour is not the only sign). */
export function drawBars(box: HTMLElement, days: Day[], hidden: boolean, onNear: OnNear): () => void {
  const color = colorsOf(box);
  const gains = days.map((each) => numberOf(each.pnl_usdt));
  const bars = uPlot.paths.bars?.({ size: [0.7, WIDEST_BAR] });
  const kind = (stroke: string, fill: string, dash?: number[]): uPlot.Series => ({
    stroke, fill, width: 1, points: { show: false }, ...(bars && { paths: bars }), ...(dash && { dash }),
  });
  const only = (keep: (gain: number, day: Day) => boolean) =>
    gains.map((gain, place) => (gain !== null && days[place] && keep(gain, days[place]) ? gain : null));
  return drawDays(box, {
    color,
    onNear,
    unit: unitOf(hidden),
    range: fromZero,
    edge: HALF_A_DAY_S,
    series: [
      kind(color("--up"), color("--up")),
      kind(color("--down"), "transparent"),
      kind(color("--quiet"), "transparent", DASH),
    ],
    columns: [
      secondsOf(days),
      only((gain, day) => gain >= 0 && !day.imported),
      only((gain, day) => gain < 0 && !day.imported),
      only((_, day) => day.imported),
    ],
  });
}

/** The net worth at each day's end; a triangle up where money came in, down where it went out. */
export function drawWorth(box: HTMLElement, days: Day[], hidden: boolean, onNear: OnNear): () => void {
  const color = colorsOf(box);
  const [before, since] = split(days, days.map((each) => numberOf(each.net_worth_usdt)));
  return drawDays(box, {
    color,
    onNear,
    unit: unitOf(hidden),
    range: (low, high) => {
      const room = Math.max((high - low) * ROOM, Math.abs(high) * 0.002, 0.01);
      return [Math.max(low - room, low < 0 ? low - room : 0), high + room];
    },
    edge: HALF_A_DAY_S / 2,
    series: [
      { stroke: "transparent", width: 0, fill: color("--wash"), points: { show: false } },
      lineOf(color("--accent"), days.length, { dash: DASH }),
      lineOf(color("--accent"), days.length),
    ],
    columns: [secondsOf(days), since, before, since],
    hooks: { draw: [(plot) => triangles(plot, days, color)] },
  });
}

function unitOf(hidden: boolean): (value: number) => string {
  const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
  return (value) => (hidden ? DOTS : short.format(value).replace("-", "−"));
}

function triangles(plot: uPlot, days: Day[], color: Colors): void {
  const { ctx } = plot;
  const size = 5 * devicePixelRatio;
  ctx.save();
  for (const day of days) {
    if (day.net_worth_usdt === null || day.net_worth_usdt === undefined) continue;
    const x = plot.valToPos(Date.parse(day.date) / 1000, "x", true);
    const y = plot.valToPos(Number(day.net_worth_usdt), "y", true);
    if (Number(day.deposits_usdt ?? 0) > 0) triangle(ctx, x, y + 2.2 * size, -size, color("--up"));
    if (Number(day.withdrawals_usdt ?? 0) > 0) triangle(ctx, x, y - 2.2 * size, size, color("--down"));
  }
  ctx.restore();
}

/** Its point is `size` below the middle: upwards when negative. */
function triangle(ctx: CanvasRenderingContext2D, x: number, y: number, size: number, fill: string): void {
  ctx.fillStyle = fill;
  ctx.beginPath();
  ctx.moveTo(x, y + size);
  ctx.lineTo(x - Math.abs(size), y - size);
  ctx.lineTo(x + Math.abs(size), y - size);
  ctx.closePath();
  ctx.fill();
}
