// Who is compared over which days: both stand in the address.

import type { Day } from "./api";
import type { Span } from "./days";

export const MOST_COMPARED = 4;

/** The names in the address, each once, in their order; those above four are left out. */
export function namesIn(parameters: URLSearchParams): string[] {
  const names = new Map<string, string>();
  for (const name of parameters.getAll("t")) {
    if (name && !names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  }
  return [...names.values()].slice(0, MOST_COMPARED);
}

/** The page with these names, over these days; without days, over the usual ones. */
export function compareAddress(names: string[], span: Span | null): string {
  const query = new URLSearchParams(names.map((name) => ["t", name]));
  if (span) {
    query.set("from", span.from);
    query.set("to", span.to);
  }
  return query.size ? `/compare?${query}` : "/compare";
}

/** The first day on which every line has a point since joining; null when there is none. */
export function firstCommonDay(lines: Day[][]): string | null {
  const [first, ...others] = lines.map(
    (days) => new Set(days.filter((day) => day.cumulative_pct !== null && !day.imported).map((day) => day.date)),
  );
  return [...(first ?? [])].sort().find((date) => others.every((dates) => dates.has(date))) ?? null;
}
