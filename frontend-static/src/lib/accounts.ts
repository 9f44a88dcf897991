// How often it is asked how accounts stand, and what the keys of an exchange look like.

import type { Accounts } from "./api";

const SOON_MS = 2_500;
const OFTEN_MS = 10_000;
const CALM_MS = 60_000;
const KEY_LENGTH = 64;

/** When to ask again: within seconds while something is being done. */
export function renewAccounts({ accounts }: Pick<Accounts, "accounts">): number {
  const states = accounts.map((account) => account.state);
  if (states.includes("checking")) return SOON_MS;
  return states.includes("importing") || states.includes("stale") ? OFTEN_MS : CALM_MS;
}

export type KeyFault = "empty" | "signs" | "length" | "";

/** What is wrong with the text of a key: told before it is sent, so that nothing has to be copied
 * twice. */
export function keyFault(text: string): KeyFault {
  if (text === "") return "empty";
  if (!/^[A-Za-z0-9]+$/.test(text)) return "signs";
  return text.length === KEY_LENGTH ? "" : "length";
}
