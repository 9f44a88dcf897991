// The whole league in one line of figures.

import type { League, WindowName } from "../lib/api";
import { windowWords } from "../lib/format";
import { How } from "./Explain";
import { Return } from "./Figures";

export function LeagueSummary({ league, window }: { league: League | null; window: WindowName }) {
  const count = (value: number | undefined) =>
    value === undefined ? <i class="wait" /> : value.toLocaleString("en");
  return (
    <dl class="summary" aria-busy={league === null}>
      <div>
        <dt>Joined</dt>
        <dd class="num">{count(league?.joined)}</dd>
      </div>
      <div>
        <dt>Active</dt>
        <dd class="num">{count(league?.active)}</dd>
      </div>
      <div>
        <dt>
          Left <How of="left" />
        </dt>
        <dd class="num">{count(league?.retired)}</dd>
      </div>
      <div>
        <dt>Ranked, {windowWords(window)}</dt>
        <dd class="num">{count(league?.ranked)}</dd>
      </div>
      <div>
        <dt>
          Median return <How of="median" />
        </dt>
        <dd>{league ? <Return percent={league.median_pct} /> : <i class="wait" />}</dd>
      </div>
    </dl>
  );
}
