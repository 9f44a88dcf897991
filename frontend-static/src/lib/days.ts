// Spans of whole UTC days: the presets of the calendar filter, and what may be asked.

const DAY_MS = 86_400_000;
export const LONGEST_SPAN = 366;

export type Span = { from: string; to: string };
export type Preset = { key: string; said: string; days: number | "month" };

export const PRESETS: readonly Preset[] = [
  { key: "7d", said: "7 days", days: 7 },
  { key: "30d", said: "30 days", days: 30 },
  { key: "90d", said: "90 days", days: 90 },
  { key: "month", said: "This month", days: "month" },
  { key: "1y", said: "1 year", days: 365 },
];

/** "2026-11-23", the running day in UTC. */
export function today(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** The days of a preset: those before the running day, and that day. */
export function spanOf(preset: Preset, now: number): Span {
  const to = today(now);
  if (preset.days === "month") return { from: `${to.slice(0, 8)}01`, to };
  return { from: today(now - preset.days * DAY_MS), to };
}

/** What is wrong with a span, in a sentence; "" when nothing is. */
export function wrongWith(span: Span): string {
  const [first, last] = [Date.parse(span.from), Date.parse(span.to)];
  if (Number.isNaN(first) || Number.isNaN(last)) return "Choose both days.";
  if (first > last) return "The first day must not be after the last.";
  if ((last - first) / DAY_MS + 1 > LONGEST_SPAN) return `Choose at most ${LONGEST_SPAN} days.`;
  return "";
}
