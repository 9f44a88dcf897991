// Trades as others see them.

import type { Trade, Trades } from "../lib/api";
import { useSession } from "../lib/session";
import { UNKNOWN, clock, grouped, ownClock, shortDay } from "../lib/format";
import { How } from "./Explain";
import { Nothing } from "./Notice";
import { type Listed, PagedList } from "./PagedList";
import { SaveCsv } from "./SaveCsv";

const HOUR_MS = 3_600_000;

export function TradeList({ list, name }: { list: Listed; name: string }) {
  const signed = useSession().state === "in";
  const save = async () => (await import("../lib/save-csv")).saveTrades(list, name, signed);
  return (
    <PagedList<Trades>
      list={list}
      id="trades-title"
      of="trades"
      title={<>Trades <How of="trades" numbers={[["From", list.usual.from], ["To", list.usual.to]]} /></>}
      action={<SaveCsv of="trades" save={save} />}
      show={(page, waiting) => <Page answer={page} waiting={waiting} />}
    />
  );
}

function Page({ answer, waiting }: { answer: Trades; waiting: boolean }) {
  if (answer.view === "hidden") return <Nothing of="hidden_trades" />;
  if (answer.trades.length === 0) return <Nothing of="no_trades" />;
  return (
    <table class="list trades" aria-busy={waiting}>
      <caption class="unseen">Trades, newest first</caption>
      <thead>
        <tr>
          <th scope="col">When (UTC)</th>
          <th scope="col">Pair</th>
          <th scope="col" class="c-side">Side</th>
          <th scope="col" class="right">Price</th>
          <th scope="col" class="right">Size</th>
        </tr>
      </thead>
      <tbody>
        {answer.trades.map((trade, place) => (
          <tr key={place}>
            <td class="num"><When trade={trade} /></td>
            <th scope="row">
              {trade.pair} <span class="narrow"><Side of={trade} /></span>
            </th>
            <td class="c-side"><Side of={trade} /></td>
            <td class="right num">{trade.price === null ? UNKNOWN : grouped(trade.price)}</td>
            <td class="right num">{size(trade.size_pct)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Side({ of }: { of: Trade }) {
  return <span class={`side ${of.side}`}>{of.side === "buy" ? "Buy" : "Sell"}</span>;
}

export function When({ trade }: { trade: Trade }) {
  const { at, precision } = trade;
  if (precision === "day") return <time dateTime={at}>{shortDay(at)}</time>;
  const own = ownClock(at);
  const until = new Date(Date.parse(at) + HOUR_MS).toISOString();
  return (
    <time dateTime={at}>
      {shortDay(at)} <b>{precision === "hour" ? `${clock(at)}–${clock(until)}` : clock(at, true)}</b>
      {own && <span class="own"> ({own} yours)</span>}
    </time>
  );
}

function size(range: Trade["size_pct"]): string {
  if (range === null) return UNKNOWN;
  if (range.startsWith("<")) return `under ${range.slice(1)} %`;
  if (range.startsWith(">")) return `over ${range.slice(1)} %`;
  return `${range.replace("-", "–")} %`;
}
