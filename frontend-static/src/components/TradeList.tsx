// Trades, newest first, a page at a time.

import { useState } from "preact/hooks";
import { addressWith } from "../lib/address";
import { useAnswer } from "../lib/answer";
import type { Trade, Trades } from "../lib/api";
import type { Span } from "../lib/days";
import { UNKNOWN, clock, day, grouped, ownClock, shortDay } from "../lib/format";
import { How } from "./Explain";
import { Nothing } from "./Notice";

const HOUR_MS = 3_600_000;
const CONFLICT = 409;

type Props = { address: string; span: Span; usual: Span; renewAfter: () => number };

export function TradeList({ address, span, usual, renewAfter }: Props) {
  const [cursors, setCursors] = useState<string[]>([]);
  const cursor = cursors.at(-1) ?? "";
  const query = addressWith({ ...span, cursor }).replace(location.pathname, "");
  const loaded = useAnswer<Trades>(`${address}${query}`, renewAfter);
  const { answer, problem } = loaded;
  return (
    <section class="card" aria-labelledby="trades-title">
      <div class="card-head">
        <h2 id="trades-title">
          Trades <How of="trades" />
        </h2>
        <p class="own">
          {day(usual.from)} – {day(usual.to)}
        </p>
      </div>
      {answer === null && !problem && <div class="hold" aria-busy="true" />}
      {problem && answer === null && problem.status !== 400 && (
        <Nothing of={problem.status === 0 && !navigator.onLine ? "offline" : "failed"}>
          <button type="button" class="button" onClick={loaded.again}>Try again</button>
        </Nothing>
      )}
      {problem?.status === CONFLICT && answer !== null && (
        <p class="field-error">
          <button type="button" class="button" onClick={() => setCursors([])}>Begin again at the newest</button>
        </p>
      )}
      {answer && <Page answer={answer} waiting={loaded.busy} />}
      {answer && (cursors.length > 0 || answer.next_cursor) && (
        <nav class="paging" aria-label="Pages of trades">
          {cursors.length > 0 && (
            <button type="button" class="button" onClick={() => setCursors(cursors.slice(0, -1))}>
              Newer
            </button>
          )}
          {answer.next_cursor && (
            <button type="button" class="button" onClick={() => setCursors([...cursors, answer.next_cursor ?? ""])}>
              Older
            </button>
          )}
        </nav>
      )}
    </section>
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

function Side({ of }: { of: Trade }) {
  return <span class={`side ${of.side}`}>{of.side === "buy" ? "Buy" : "Sell"}</span>;
}

function When({ trade }: { trade: Trade }) {
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
