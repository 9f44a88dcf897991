// What moved a balance and was no trade: deposits, withdrawals and the like.

import type { Transactions } from "../../lib/api";
import { clock, ownClock, shortDay } from "../../lib/format";
import { saveOwn } from "../../lib/save-own";
import { ownWords } from "../../lib/own-words";
import { Amount, Lock } from "../Amount";
import { How } from "../Explain";
import { Nothing } from "../Notice";
import { type Listed, PagedList } from "../PagedList";
import { SaveCsv } from "../SaveCsv";

export function TransactionList({ list, name }: { list: Listed; name: string }) {
  return (
    <PagedList<Transactions>
      list={list}
      id="transactions-title"
      of="transactions"
      title={<>{ownWords.transactions.said} <How of={ownWords.transactions} numbers={[["From", list.usual.from], ["To", list.usual.to]]} /></>}
      action={<><Lock /> <SaveCsv of="transactions" save={() => saveOwn(list.address, name)} /></>}
      show={(page, waiting) => <Page page={page} waiting={waiting} />}
    />
  );
}

function Page({ page, waiting }: { page: Transactions; waiting: boolean }) {
  if (page.transactions.length === 0) return <Nothing of={ownWords.no_transactions} />;
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Transactions">
      <table class="list trades" aria-busy={waiting}>
        <caption class="unseen">My transactions, newest first</caption>
        <thead>
          <tr>
            <th scope="col">When (UTC)</th>
            <th scope="col">What</th>
            <th scope="col" class="right">Quantity</th>
            <th scope="col" class="right">Value then, USDT</th>
            <th scope="col" class="right">Network fee</th>
          </tr>
        </thead>
        <tbody>
          {page.transactions.map((row, place) => {
            const own = ownClock(row.at);
            const out = row.quantity.startsWith("-");
            return (
              <tr key={place}>
                <td class="num">
                  <time dateTime={row.at}>
                    {shortDay(row.at)} <b>{clock(row.at, true)}</b>
                    {own && <span class="own"> ({own} yours)</span>}
                  </time>
                </td>
                <th scope="row">
                  <span class={out ? "down" : "up"} aria-hidden="true">{out ? "▼" : "▲"}</span>{" "}
                  <span class="unseen">{out ? "out" : "in"}: </span>
                  {row.what}
                </th>
                <td class="right"><Amount value={row.quantity} as="quantity" unit={row.asset} /></td>
                <td class="right"><Amount value={row.value_usdt} /></td>
                <td class="right"><Amount value={row.network_fee} as="quantity" unit={row.network_fee ? row.asset : ""} /></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
