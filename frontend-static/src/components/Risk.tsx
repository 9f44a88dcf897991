// How much the trader dares: falls, swings, and what they earned.

import type { Profile } from "../lib/api";
import { UNKNOWN, clock, day, plain } from "../lib/format";
import type { Word } from "../lib/words";
import { words } from "../lib/words";
import { How, type Numbers } from "./Explain";

export function Risk({ profile }: { profile: Profile | null }) {
  const risk = profile?.risk;
  const rows: [Word, string, string][] = [
    ["drawdown", "Max drawdown, 24 h", plain(risk?.max_drawdown_24h_pct ?? null)],
    ["drawdown", "Max drawdown, 7 d", plain(risk?.max_drawdown_7d_pct ?? null)],
    ["drawdown", "Max drawdown, 30 d", plain(risk?.max_drawdown_30d_pct ?? null)],
    ["volatility", words.volatility.said, plain(risk?.volatility_pct ?? null)],
    ["sharpe", words.sharpe.said, risk?.sharpe?.replace("-", "−") ?? UNKNOWN],
    ["sortino", words.sortino.said, risk?.sortino?.replace("-", "−") ?? UNKNOWN],
  ];
  return (
    <section class="card" aria-labelledby="risk-title">
      <div class="card-head">
        <h2 id="risk-title">Risk</h2>
      </div>
      <dl class="pairs" aria-busy={profile === null}>
        {rows.map(([word, said, value]) => (
          <div key={said}>
            <dt>
              {said} <How of={word} said={said} numbers={profile ? [...spanOf(profile.as_of, said), [said, value]] : []} />
            </dt>
            <dd class="num">{profile ? value : <i class="wait" />}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const DAY_MS = 86_400_000;
/** How many days before the running one a figure goes back; 24 h is to the hour. */
const BACK: Record<string, number> = { "Max drawdown, 7 d": 6, "Max drawdown, 30 d": 29 };

function spanOf(asOf: string | null, said: string): Numbers {
  if (asOf === null) return [];
  const days = BACK[said];
  const midnight = Date.parse(asOf.slice(0, 10));
  const written = (ms: number) => `${day(new Date(ms).toISOString())} ${clock(new Date(ms).toISOString())} UTC`;
  if (days !== undefined) return [["From", written(midnight - days * DAY_MS)], ["To", written(Date.parse(asOf))]];
  if (said.startsWith("Max")) return [["From", written(Date.parse(asOf) - DAY_MS)], ["To", written(Date.parse(asOf))]];
  return [["30 full days to", written(midnight)]];
}
