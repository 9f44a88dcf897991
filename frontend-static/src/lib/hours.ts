// The hourly rhythm: when the next board is due, and how old the one shown is.

import { useEffect, useState } from "preact/hooks";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The board of an hour is there about this long after it has closed. */
const RANKED_AFTER_MS = 20_000;
/** After this a missing board is no matter of seconds any more. */
const LATE_AFTER_MS = HOUR_MS + 10 * MINUTE_MS;
const OFTEN_MS = 15_000;

/** Milliseconds until the board after that of `asOf` is due; not above an hour, 0 when overdue. */
export function untilNext(asOf: string, now: number): number {
  const due = Date.parse(asOf) + HOUR_MS + RANKED_AFTER_MS;
  return Math.min(Math.max(due - now, 0), HOUR_MS);
}

/** When to ask again: a minute at most, so that a clock that runs wrong does not matter. */
export function renewAfter(asOf: string | null): number {
  if (asOf === null) return OFTEN_MS;
  return Math.min(Math.max(untilNext(asOf, Date.now()), OFTEN_MS), MINUTE_MS);
}

/** How much older than usual the board is, in ms; 0 while it is as new as it can be. */
export function lateBy(asOf: string, now: number): number {
  const age = now - Date.parse(asOf);
  return age > LATE_AFTER_MS ? age : 0;
}

/** The visitor's clock, renewed every few seconds. */
export function useNow(every = 5_000): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), every);
    return () => window.clearInterval(timer);
  }, [every]);
  return now;
}
