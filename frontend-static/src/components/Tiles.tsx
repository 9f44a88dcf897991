// The three returns, each to the last full hour.

import { type Profile, WINDOWS, type WindowName } from "../lib/api";
import { plain, windowWords } from "../lib/format";
import { Flag, How } from "./Explain";
import { Return } from "./Figures";

export function Tiles({ profile }: { profile: Profile | null }) {
  return (
    <section class="tiles" aria-label="Returns" aria-busy={profile === null}>
      {WINDOWS.map((window) => (
        <Tile key={window} window={window} profile={profile} />
      ))}
    </section>
  );
}

function Tile({ window, profile }: { window: WindowName; profile: Profile | null }) {
  const number = profile?.pnl[window];
  const falls = profile && {
    "24h": profile.risk.max_drawdown_24h_pct,
    "7d": profile.risk.max_drawdown_7d_pct,
    "30d": profile.risk.max_drawdown_30d_pct,
  };
  const words = windowWords(window);
  return (
    <div class="tile">
      <h2>
        Return, {words} <How of="return" said={`Return, ${words}`} />
      </h2>
      <p class="big">{number ? <Return percent={number.pct} /> : <i class="wait" />}</p>
      <div class="below">
        <span>
        {number && (number.rank === null ? "no rank" : <>rank <b>{number.rank.toLocaleString("en")}</b></>)}
        {falls && <> · drawdown <span class="num">{plain(falls[window])}</span></>}
        </span>
        {number?.capped && <Flag of="limited" tone="warn" />}
      </div>
    </div>
  );
}
