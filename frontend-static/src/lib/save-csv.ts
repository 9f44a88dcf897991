// Files of what others see, made in the page of the pages of the list. Loaded when one is wanted.

import type { Listed } from "../components/PagedList";
import { withCursor } from "./address";
import { type Day, type Trade, type Trades, call } from "./api";
import { csvText, keepFile } from "./csv";
import type { Span } from "./days";
import { say } from "./say";
import { ask } from "./session";

/** Pages of one file; a longer list is cut there, and it is said. */
const MOST_PAGES = 100;

/** The trades of the chosen days, as the asker sees them. */
export async function saveTrades(list: Listed, name: string, signed: boolean): Promise<void> {
  const rows: Trade[] = [];
  const read = (address: string) => (signed ? ask<Trades>("GET", address) : call<Trades>(address));
  let cursor: string | null = "";
  for (let page = 0; cursor !== null && page < MOST_PAGES; page++) {
    const answer: Trades = await read(withCursor(list.address, cursor));
    rows.push(...answer.trades);
    cursor = answer.next_cursor;
  }
  const cells = rows.map((row) => [row.at, row.precision, row.pair, row.side, row.price, row.size_pct]);
  keepFile(fileName(name, "trades", list.usual), csvText(["at", "precision", "pair", "side", "price", "size_pct"], cells));
  if (cursor !== null) say(`The file has the newest ${rows.length} trades of these days. Choose fewer days for the older ones.`);
}

/** The line of the chosen days. */
export function saveLine(days: Day[], name: string, span: Span): void {
  const cells = days.map((each) => [each.date, each.cumulative_pct, each.btc_pct, each.imported ? "yes" : "no"]);
  keepFile(fileName(name, "performance", span), csvText(["date", "cumulative_pct", "btc_pct", "imported"], cells));
}

function fileName(name: string, what: string, { from, to }: Span): string {
  return `${name}-${what}-${from}-${to}.csv`;
}
