// What the money is in: a ring of shares, and each coin with how it did and how it is priced.

import type { Profile } from "../lib/api";
import { type Word, words } from "../lib/words";
import { Donut, shade } from "./Donut";
import { Flag, How, type Numbers } from "./Explain";
import { Return } from "./Figures";
import { Nothing } from "./Notice";

export const COIN_FLAGS: Record<string, Word | null> = {
  trading: null,
  halted: "halted",
  delisted: "delisted",
  stale_price: "stale_price",
  not_valued: "not_valued",
};

export function Coins({ profile }: { profile: Profile | null }) {
  return (
    <section class="card coins" aria-labelledby="coins-title">
      <div class="card-head">
        <h2 id="coins-title">
          What the money is in{" "}
          <How of="allocation" numbers={profile?.allocation?.map((each) => [each.asset, `${each.share_pct} %`]) ?? []} />
        </h2>
        <p class="own">Last midnight UTC</p>
      </div>
      {profile === null ? <div class="hold" /> : <Shares profile={profile} />}
    </section>
  );
}

function Shares({ profile }: { profile: Profile }) {
  const { allocation, coins } = profile;
  if (allocation === null || allocation.length === 0) return <Nothing of="hidden_allocation" />;
  const about = new Map((coins ?? []).map((coin) => [coin.asset, coin]));
  const changes = (of: "change_24h_pct" | "since_last_buy_pct"): Numbers =>
    (coins ?? []).map((coin) => [coin.asset, <Return percent={coin[of]} />]);
  const said = allocation.map((each) => `${each.asset} ${each.share_pct} %`).join(", ");
  return (
    <div class="shares">
      <Donut parts={allocation.map((each) => Number(each.share_pct))} said={said} />
      <div class="scroll" tabindex={0} role="region" aria-label="Coins">
        <table class="list">
          <caption class="unseen">Coins by share</caption>
          <thead>
            <tr>
              <th scope="col">Coin</th>
              <th scope="col" class="right">Share</th>
              <th scope="col" class="right"><span class="head">24 h <How of="coin_24h" said="The coin’s price, 24 h" numbers={changes("change_24h_pct")} /></span></th>
              <th scope="col" class="right"><span class="head">Since last buy <How of="coin_since_buy" numbers={changes("since_last_buy_pct")} /></span></th>
            </tr>
          </thead>
          <tbody>
            {allocation.map(({ asset, share_pct }, place) => {
              const coin = about.get(asset);
              const flag = coin?.state ? COIN_FLAGS[coin.state] : null;
              return (
                <tr key={asset}>
                  <th scope="row">
                    <i class={`dot ${shade(place)}`} />
                    {asset === "other coins" ? words.other_coins.said : asset}
                    {asset === "other coins" && <> <How of="other_coins" /></>}
                    {flag && <> <Flag of={flag} tone="warn" /></>}
                  </th>
                  <td class="right num">{share_pct} %</td>
                  <td class="right"><Return percent={coin?.change_24h_pct ?? null} /></td>
                  <td class="right"><Return percent={coin?.since_last_buy_pct ?? null} /></td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}
