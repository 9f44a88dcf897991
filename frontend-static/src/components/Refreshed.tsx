// "Refreshed 09:00 UTC, next in 12 min", with the hour drawn as a ring that fills.

import { span } from "../lib/format";
import { lateBy, untilNext, useNow } from "../lib/hours";
import { Moment } from "./Figures";

const HOUR_MS = 3_600_000;
const RADIUS = 6;
const ROUND = 2 * Math.PI * RADIUS;

export function Refreshed({ asOf, known }: { asOf: string | null; known: boolean }) {
  const now = useNow();
  if (asOf === null) return <p class="refreshed">{known ? "No hour has closed yet" : <i class="wait" />}</p>;
  const left = untilNext(asOf, now);
  const gone = 1 - left / HOUR_MS;
  return (
    <p class="refreshed">
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r={RADIUS} />
        <circle class="gone" cx="8" cy="8" r={RADIUS} stroke-dasharray={`${gone * ROUND} ${ROUND}`} />
      </svg>
      <span>
        Refreshed <Moment at={asOf} />
        <span class="dot-between"> · </span>
        <span class="next">{next(left, lateBy(asOf, now))}</span>
      </span>
    </p>
  );
}

function next(left: number, late: number): string {
  if (late > 0) return `data ${span(late)} old`;
  return left > 0 ? `next in ${span(left)}` : "next in a moment";
}
