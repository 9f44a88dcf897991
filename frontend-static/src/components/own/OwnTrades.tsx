// Every one of one's own fills, to the second.

import type { Trades } from "../../lib/api";
import { saveOwn } from "../../lib/save-own";
import { ownWords } from "../../lib/own-words";
import { Amount, Lock } from "../Amount";
import { How } from "../Explain";
import { Nothing } from "../Notice";
import { type Listed, PagedList } from "../PagedList";
import { SaveCsv } from "../SaveCsv";
import { Side, When } from "../TradeList";

export function OwnTrades({ list, name }: { list: Listed; name: string }) {
  return (
    <PagedList<Trades>
      list={list}
      id="trades-title"
      of="trades"
      title={<>{ownWords.own_trades.said} <How of={ownWords.own_trades} numbers={[["From", list.usual.from], ["To", list.usual.to]]} /></>}
      action={<><Lock /> <SaveCsv of="trades" save={() => saveOwn(list.address, name)} /></>}
      show={(page, waiting) => <Page page={page} waiting={waiting} />}
    />
  );
}

function Page({ page, waiting }: { page: Trades; waiting: boolean }) {
  if (page.trades.length === 0) return <Nothing of="no_trades" />;
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Trades">
      <table class="list trades" aria-busy={waiting}>
        <caption class="unseen">My trades, newest first</caption>
        <thead>
          <tr>
            <th scope="col">When (UTC)</th>
            <th scope="col">Pair</th>
            <th scope="col" class="c-side">Side</th>
            <th scope="col" class="right">Price</th>
            <th scope="col" class="right">Quantity</th>
            <th scope="col" class="right">Total</th>
            <th scope="col" class="right">Fee</th>
          </tr>
        </thead>
        <tbody>
          {page.trades.map((trade, place) => {
            const [base = "", quote = ""] = trade.pair.split("/");
            return (
              <tr key={place}>
                <td class="num"><When trade={trade} /></td>
                <th scope="row">
                  {trade.pair} <span class="narrow"><Side of={trade} /></span>
                </th>
                <td class="c-side"><Side of={trade} /></td>
                <td class="right"><Amount value={trade.price} as="quantity" /></td>
                <td class="right"><Amount value={trade.quantity ?? null} as="quantity" unit={base} /></td>
                <td class="right"><Amount value={trade.quote_quantity ?? null} unit={quote} /></td>
                <td class="right"><Amount value={trade.commission ?? null} as="quantity" unit={trade.commission_asset ?? ""} /></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
