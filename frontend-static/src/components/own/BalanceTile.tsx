// All that is held now, at the latest prices: the one number that is live.

import { useEffect, useState } from "preact/hooks";
import type { Balance, Problem } from "../../lib/api";
import { span } from "../../lib/format";
import { useNow } from "../../lib/hours";
import { ownWords } from "../../lib/own-words";
import { Amount, Lock } from "../Amount";
import { How, type Numbers } from "../Explain";

const SECOND_MS = 1000;
const MINUTE_S = 60;

export function BalanceTile({ balance, problem }: { balance: Balance | null; problem: Problem | null }) {
  const moved = useMove(balance?.balance_usdt ?? null);
  const since = useArrival(balance);
  const now = useNow(SECOND_MS);
  const more = Math.max(0, Math.floor((now - since) / SECOND_MS));
  const ages: Numbers = balance ? [
    ["Prices", old(balance.prices_age_s, more)],
    ["Account last heard", old(balance.balance_age_s, more)],
  ] : [];
  return (
    <div class="tile balance" aria-busy={balance === null}>
      <h2>
        {ownWords.balance.said} <How of={ownWords.balance} numbers={balance ? [...made(balance), ...ages] : []} /> <Lock short />
      </h2>
      <p class="big">
        {balance ? (
          <span key={moved.count} class={moved.way}>
            <Amount value={balance.balance_usdt} />
            <span class="unit"> USDT</span>
            {moved.way && <Way way={moved.way} />}
          </span>
        ) : (
          <i class="wait" />
        )}
      </p>
      <div class="below">
        <span class="ages">
          <b class={problem ? "" : "live"}>{problem ? "not renewed" : "live"}</b>
          {balance && (
            <>
              <span>prices {old(balance.prices_age_s, more)}</span> <span>account heard {old(balance.balance_age_s, more)}</span>
            </>
          )}
        </span>
      </div>
    </div>
  );
}

function Way({ way }: { way: string }) {
  return (
    <span class="way" aria-hidden="true">
      {way === "rose" ? "▲" : "▼"}
    </span>
  );
}

/** Which way the value went last, and how often it has moved. */
function useMove(value: string | null): { way: string; count: number } {
  const [move, setMove] = useState({ value, way: "", count: 0 });
  useEffect(() => {
    if (value === null || value === move.value) return;
    const way = move.value === null ? "" : Number(value) > Number(move.value) ? "rose" : "fell";
    setMove({ value, way, count: move.count + 1 });
  }, [value]);
  return move;
}

/** When this answer came, by the visitor's clock: its ages count from then. */
function useArrival(balance: Balance | null): number {
  const [arrival, setArrival] = useState({ balance, at: Date.now() });
  if (arrival.balance !== balance) {
    const anew = { balance, at: Date.now() };
    setArrival(anew);
    return anew.at;
  }
  return arrival.at;
}

function old(seconds: number | null, more: number): string {
  if (seconds === null) return "–";
  const age = seconds + more;
  return `${age < MINUTE_S ? `${age} s` : span(age * SECOND_MS)} ago`;
}

function made(balance: Balance): Numbers {
  const coins: Numbers = balance.coins.slice(0, 5).map((coin) => [
    coin.asset,
    <>
      <Amount value={coin.quantity} as="quantity" /> × <Amount value={coin.price_usdt} /> = <Amount value={coin.value_usdt} />
    </>,
  ]);
  if (balance.coins.length > coins.length) coins.push([`and ${balance.coins.length - coins.length} more`, "…"]);
  coins.push(["Together, USDT", <Amount value={balance.balance_usdt} />]);
  if (balance.unpriced.length > 0) coins.push(["Left out, no price", balance.unpriced.join(", ")]);
  return coins;
}
