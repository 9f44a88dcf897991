// How numbers and times are written. Percentages come as text with two decimals.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const UNKNOWN = "–";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A return with its sign: "+4.50 %". */
export function signed(percent: string | null): string {
  if (percent === null) return UNKNOWN;
  const sign = percent.startsWith("-") ? "−" : Number(percent) === 0 ? "" : "+";
  return `${sign}${grouped(percent.replace("-", ""))} %`;
}

/** A percentage that has no direction: "12.30 %". */
export function plain(percent: string | null): string {
  return percent === null ? UNKNOWN : `${grouped(percent)} %`;
}

/** "12345.6" as "12,345.6"; what is not a plain number stays as it is. */
export function grouped(text: string): string {
  const [whole = "", ...rest] = text.split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...rest].join(".");
}

export function tone(percent: string | null): "up" | "down" | "even" {
  const value = Number(percent ?? 0);
  return value > 0 ? "up" : value < 0 ? "down" : "even";
}

/** "23 Nov 2026" in UTC. */
export function day(at: string): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** "23 Nov" in UTC. */
export function shortDay(at: string): string {
  return day(at).slice(0, -5);
}

/** "09:00" in UTC. */
export function clock(at: string, seconds = false): string {
  return new Date(at).toISOString().slice(11, seconds ? 19 : 16);
}

/** The same moment by the visitor's clock, "11:00"; "" where that is UTC too. */
export function ownClock(at: string): string {
  const date = new Date(at);
  if (date.getTimezoneOffset() === 0) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** How long ago, "40 min", "2 h" or "3 days"; never below a minute. */
export function span(milliseconds: number): string {
  if (milliseconds < HOUR_MS) return `${Math.max(1, Math.ceil(milliseconds / MINUTE_MS))} min`;
  if (milliseconds < 48 * HOUR_MS) return `${Math.floor(milliseconds / HOUR_MS)} h`;
  return `${Math.floor(milliseconds / (24 * HOUR_MS))} days`;
}

/** What is left, "23 h 12 min" or "6 days 4 h"; never below a minute. */
export function countdown(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE_MS));
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 1) return `${days} days ${hours % 24} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

/** "24 h", "7 d", "30 d". */
export function windowWords(window: string): string {
  return window.replace(/(\d+)(\w)/, "$1 $2");
}
