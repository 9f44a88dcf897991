// What is held now: each coin with its quantity, worth, cost and last buy, and the shares as a ring.

import type { Balance, OwnCoin, Profile } from "../../lib/api";
import { clock, day, grouped, plain } from "../../lib/format";
import { twoDecimals } from "../../lib/amounts";
import { ownWords } from "../../lib/own-words";
import { Amount, Lock } from "../Amount";
import { COIN_FLAGS } from "../Coins";
import { Donut, shade } from "../Donut";
import { Flag, How, type Numbers } from "../Explain";
import { Return } from "../Figures";
import { Nothing } from "../Notice";
import { SaveCsv } from "../SaveCsv";

type Props = { balance: Balance | null; profile: Profile | null; save: () => Promise<void> };

export function OwnCoins({ balance, profile, save }: Props) {
  return (
    <section class="card own-coins" aria-labelledby="own-coins-title">
      <div class="card-head">
        <h2 id="own-coins-title">
          {ownWords.own_coins.said} <How of={ownWords.own_coins} numbers={balance ? [["Together, USDT", <Amount value={balance.balance_usdt} />]] : []} />
        </h2>
        <p class="own">
          <Lock /> <SaveCsv of="my coins" save={save} />
        </p>
      </div>
      {balance === null ? <div class="hold" /> : balance.coins.length === 0 ? <Nothing of={ownWords.no_coins} /> : <Held balance={balance} profile={profile} />}
    </section>
  );
}

function Held({ balance, profile }: { balance: Balance; profile: Profile | null }) {
  const seen = new Map((profile?.coins ?? []).map((coin) => [coin.asset, coin]));
  const shares = balance.coins.map((coin) => Number(coin.share_pct ?? 0));
  const said = balance.coins.map((coin) => `${coin.asset} ${plain(twoDecimals(coin.share_pct))}`).join(", ");
  return (
    <div class="shares">
      <Donut parts={shares} said={said} />
      <div class="scroll" tabindex={0} role="region" aria-label={ownWords.own_coins.said}>
        <table class="list">
          <caption class="unseen">Coins by worth, at the latest prices</caption>
          <thead>
            <tr>
              <th scope="col">Coin</th>
              <th scope="col" class="right">Worth, USDT</th>
              <th scope="col" class="right">Share</th>
              <th scope="col" class="right">Quantity</th>
              <th scope="col" class="right">Price</th>
              <th scope="col" class="right"><span class="head">24 h <How of="coin_24h" said="The coin’s price, 24 h" numbers={changes(seen)} /></span></th>
              <th scope="col" class="right"><Head of="average_cost" numbers={costs(balance)} /></th>
              <th scope="col" class="right"><Head of="last_buy" numbers={buys(balance)} /></th>
              <th scope="col" class="right">Since then</th>
            </tr>
          </thead>
          <tbody>
            {balance.coins.map((coin, place) => {
              const flag = COIN_FLAGS[seen.get(coin.asset)?.state ?? "trading"];
              return (
                <tr key={coin.asset}>
                  <th scope="row">
                    <i class={`dot ${shade(place)}`} />
                    {coin.asset}
                    {flag && <> <Flag of={flag} tone="warn" /></>}
                  </th>
                  <td class="right"><b><Amount value={coin.value_usdt} /></b></td>
                  <td class="right num">{plain(twoDecimals(coin.share_pct))}</td>
                  <td class="right"><Amount value={coin.quantity} as="quantity" /></td>
                  <td class="right"><Amount value={coin.price_usdt} /></td>
                  <td class="right"><Return percent={seen.get(coin.asset)?.change_24h_pct ?? null} /></td>
                  <td class="right"><Amount value={coin.average_cost_usdt} /></td>
                  <td class="right"><LastBuy of={coin} /></td>
                  <td class="right"><Return percent={coin.since_last_buy_pct} /></td>
                </tr>
              );
            })}
          </tbody>
        </table>
        {balance.unpriced.length > 0 && (
          <p class="own">
            {balance.unpriced.map((coin) => grouped(coin)).join(", ")}: <Flag of="not_valued" tone="warn" />
          </p>
        )}
      </div>
    </div>
  );
}

function Head({ of, numbers }: { of: "average_cost" | "last_buy"; numbers: Numbers }) {
  return (
    <span class="head">
      {ownWords[of].said} <How of={ownWords[of]} numbers={numbers} />
    </span>
  );
}

function LastBuy({ of: coin }: { of: OwnCoin }) {
  return (
    <>
      <Amount value={coin.last_buy_price_usdt} />
      {coin.last_bought_at && (
        <time class="when" dateTime={coin.last_bought_at}>
          {day(coin.last_bought_at)} {clock(coin.last_bought_at)}
        </time>
      )}
    </>
  );
}

function changes(seen: Map<string, { change_24h_pct: string | null }>): Numbers {
  return [...seen].map(([asset, coin]) => [asset, <Return percent={coin.change_24h_pct} />]);
}

function costs(balance: Balance): Numbers {
  return balance.coins.map((coin) => [coin.asset, <Amount value={coin.average_cost_usdt} />]);
}

function buys(balance: Balance): Numbers {
  return balance.coins.map((coin) => [
    coin.asset,
    <>
      <Amount value={coin.last_buy_price_usdt} /> → <Amount value={coin.price_usdt} /> = <Return percent={coin.since_last_buy_pct} />
    </>,
  ]);
}
