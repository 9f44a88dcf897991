// Calls our own API. Amounts and percentages arrive as text and are shown, never added up.

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
export type Owner = NonNullable<Profile["owner"]>;
export type OwnWindow = NonNullable<Owner["windows"]>["24h"];
export type OwnCoin = Owner["coins"][number];
export type Balance = Schemas["BalanceAnswer"];
export type Transactions = Schemas["TransactionsAnswer"];
export type Follows = Schemas["FollowsAnswer"];
export type Followed = Follows["follows"][number];
export type SessionAnswer = Schemas["SessionAnswer"];
export type Me = Schemas["MeAnswer"];
export type Settings = Schemas["SettingsAnswer"];
export type Identity = Schemas["IdentityAnswer"];
export type AppSecret = Schemas["SecondFactorAnswer"];
export type Left = Schemas["LeftAnswer"];
export type Accounts = Schemas["AccountsAnswer"];
export type Account = Schemas["AccountAnswer"];
export type IssuedPair = Schemas["KeyPairAnswer"];
export type FirstDay = Schemas["FirstDayAnswer"];
export type FirstWindow = Schemas["FirstWindowAnswer"];

export const WINDOWS: readonly WindowName[] = ["24h", "7d", "30d"];

export const NOT_FOUND = 404;
export const CONFLICT = 409;

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type How = {
  method?: Method;
  body?: unknown;
  /** An access token: asks as the one it is of. */
  token?: string;
  signal?: AbortSignal;
};

/** Why there is no answer; `status` is 0 when nothing came back at all. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The answer at `address`; null for one without content. Throws Problem, or what the signal was
 * aborted with. */
export async function call<T>(address: string, { method = "GET", body, token, signal }: How = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token) headers["Authorization"] = `Bearer ${token}`;
  // no other site can send these, so it cannot ask for changes
  if (method !== "GET") Object.assign(headers, { "X-League-Request": "1", "Content-Type": "application/json" });
  const sent = body === undefined ? null : JSON.stringify(body);
  const response = await send(address, { method, headers, body: sent, signal: signal ?? null });
  const content: unknown = response.status === 204 ? null : await response.json().catch(() => undefined);
  if (response.ok && content !== undefined) return content as T;
  throw new Problem(response.status, sentence(content));
}

/** A file as the API gives it, with the headers that tell its name and where it goes on. */
export type File = { text: string; headers: Headers };

/** The file at `address`. Throws Problem. */
export async function callFile(address: string, token: string): Promise<File> {
  const response = await send(address, { headers: { Authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Problem(response.status, sentence(await response.json().catch(() => null)));
  return { text: await response.text(), headers: response.headers };
}

async function send(address: string, init: RequestInit): Promise<Response> {
  try {
    // no-cache asks whether our copy is still the newest: an hour may have closed early
    return await fetch(address, { cache: init.body ? "no-store" : "no-cache", ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Problem(0, "");
  }
}

function sentence(body: unknown): string {
  if (typeof body !== "object" || body === null) return "";
  const { detail } = body as { detail?: unknown };
  return typeof detail === "string" ? detail : "";
}
