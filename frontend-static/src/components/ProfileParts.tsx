// What a profile is made of below its head, and the shape of it while it loads.

import { type As, useAnswer } from "../lib/answer";
import type { Performance, Profile } from "../lib/api";
import type { Span } from "../lib/days";
import { Coins } from "./Coins";
import { LineCard } from "./LineCard";
import { Risk } from "./Risk";
import { Tiles } from "./Tiles";
import { TradeList } from "./TradeList";

export type PartsProps = {
  name: string;
  profile: Profile | null;
  /** As whom to ask. */
  as: As;
  /** The trader's address at the API, and the days and eyes as its parameters. */
  api: string;
  query: string;
  /** The days that are shown, also where the address names none. */
  usual: Span;
  renewAfter: () => number;
};

/** As others see him. */
export function SeenParts(props: PartsProps) {
  const { name, profile, as, api, query, usual, renewAfter } = props;
  const performance = useAnswer<Performance>(`${api}/performance${query}`, renewAfter, as);
  const list = { address: `${api}/trades${query}`, usual, renewAfter, as };
  return (
    <>
      <Tiles profile={profile} />
      <LineCard name={name} loaded={performance} usual={usual} />
      <div class="two">
        <Coins profile={profile} />
        <Risk profile={profile} />
      </div>
      <TradeList key={list.address} list={list} name={name} />
    </>
  );
}

/** The shape of one's own profile, before its parts are here. */
export function OwnWait() {
  return (
    <div aria-busy="true">
      <section class="tiles four">
        {Array.from({ length: 4 }, (_, place) => (
          <div key={place} class={`tile ${place === 0 ? "balance" : ""}`}><i class="wait" /></div>
        ))}
      </section>
      <section class="card line-card" />
      <div class="two even">
        <section class="card own-chart" />
        <section class="card own-chart" />
      </div>
    </div>
  );
}
