// How much the trader dares: falls, swings, and what they earned.

import type { Profile } from "../lib/api";
import { UNKNOWN, plain } from "../lib/format";
import type { Word } from "../lib/words";
import { words } from "../lib/words";
import { How } from "./Explain";

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
              {said} <How of={word} said={said} />
            </dt>
            <dd class="num">{profile ? value : <i class="wait" />}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
