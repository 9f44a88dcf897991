// Small pieces that show one number or moment.

import { clock, ownClock, signed, tone } from "../lib/format";

/** A return with its sign and colour. */
export function Return({ percent }: { percent: string | null }) {
  return <span class={`num ${tone(percent)}`}>{signed(percent)}</span>;
}

/** Places won or lost since the hour before. */
export function RankChange({ change }: { change: number | null }) {
  if (!change) return null;
  const direction = change > 0 ? "up" : "down";
  return (
    <span class={`change ${direction}`}>
      <span aria-hidden="true">
        {change > 0 ? "▲" : "▼"}
        {Math.abs(change)}
      </span>
      <span class="unseen">
        {Math.abs(change)} {direction} since the last hour
      </span>
    </span>
  );
}

/** "09:00 UTC (11:00 your time)". */
export function Moment({ at }: { at: string }) {
  const own = ownClock(at);
  return (
    <time dateTime={at}>
      {clock(at)} UTC{own && <span class="own"> ({own} your time)</span>}
    </time>
  );
}
