// Reads our own API. Amounts and percentages arrive as text and are shown, never added up.

import type { components } from "./api-types";

type Schemas = components["schemas"];
export type Board = Schemas["BoardAnswer"];
export type BoardTrader = Schemas["BoardTrader"];
export type League = Schemas["LeagueAnswer"];
export type Status = BoardTrader["status"];
export type LeagueStatus = Schemas["StatusAnswer"];
export type Profile = Schemas["ProfileAnswer"];
export type Performance = Schemas["PerformanceAnswer"];
export type Day = Schemas["DayAnswer"];
export type Trades = Schemas["TradesAnswer"];
export type Trade = Schemas["TradeAnswer"];
export type WindowName = Board["window"];

export const WINDOWS: readonly WindowName[] = ["24h", "7d", "30d"];

/** Why there is no answer; `status` is 0 when nothing came back at all. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The answer at `address`. Throws Problem, or what the signal was aborted with. */
export async function read<T>(address: string, signal: AbortSignal): Promise<T> {
  let response: Response;
  try {
    // no-cache asks whether our copy is still the newest: an hour may have closed early
    response = await fetch(address, {
      signal,
      cache: "no-cache",
      headers: { Accept: "application/json" },
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Problem(0, "");
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as T;
  throw new Problem(response.status, sentence(body));
}

function sentence(body: unknown): string {
  if (typeof body !== "object" || body === null) return "";
  const { detail } = body as { detail?: unknown };
  return typeof detail === "string" ? detail : "";
}
