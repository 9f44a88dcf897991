// What everyone may know of the compared traders, beside each other.

import type { ComponentChildren } from "preact";
import type { Profile } from "../../lib/api";
import { UNKNOWN, day, plain } from "../../lib/format";
import type { Compared } from "../../pages/compare";
import { type Word, words } from "../../lib/words";
import { Flag, How } from "../Explain";
import { Return } from "../Figures";
import { LineSample } from "./LineSample";

type Row = [word: Word | null, said: string, value: (profile: Profile) => ComponentChildren];

const ROWS: readonly Row[] = [
  ["return", "Return, 24 h", (profile) => <Shown of={profile} window="24h" />],
  ["return", "Return, 7 d", (profile) => <Shown of={profile} window="7d" />],
  ["return", "Return, 30 d", (profile) => <Shown of={profile} window="30d" />],
  ["rank", "Rank, 30 d", (profile) => profile.pnl["30d"].rank?.toLocaleString("en") ?? UNKNOWN],
  ["drawdown", "Max drawdown, 30 d", (profile) => plain(profile.risk.max_drawdown_30d_pct)],
  ["volatility", words.volatility.said, (profile) => plain(profile.risk.volatility_pct)],
  ["sharpe", words.sharpe.said, (profile) => profile.risk.sharpe?.replace("-", "−") ?? UNKNOWN],
  ["followers", words.followers.said, (profile) => profile.followers.toLocaleString("en")],
  [null, "Joined", (profile) => day(profile.joined_at)],
];

export function ComparedTable({ compared }: { compared: Compared[] }) {
  const numbered = compared.map((each, place) => ({ ...each, place })).filter(({ unknown }) => !unknown);
  return (
    <section class="card" aria-labelledby="numbers-title">
      <div class="card-head">
        <h2 id="numbers-title">Their numbers</h2>
      </div>
      <div class="scroll" tabindex={0} role="region" aria-label="Public numbers">
        <table class="list beside" aria-busy={numbered.some(({ profile }) => profile === null)}>
          <caption class="unseen">Public numbers of the compared traders</caption>
          <thead>
            <tr>
              <td />
              {numbered.map(({ name, place }) => (
                <th key={name} scope="col" class="right">
                  <span class="head"><LineSample place={place} short /> <span class="cut">{name}</span></span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ROWS.map(([word, said, value]) => (
              <tr key={said}>
                <th scope="row">
                  {said} {word && <How of={word} said={said} />}
                </th>
                {numbered.map(({ name, profile }) => (
                  <td key={name} class="right num">{profile ? value(profile) : <i class="wait" />}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Shown({ of, window }: { of: Profile; window: "24h" | "7d" | "30d" }) {
  const { pct, capped } = of.pnl[window];
  return (
    <>
      {capped && <Flag of="limited" tone="warn" said="limited" />} <Return percent={pct} />
    </>
  );
}
