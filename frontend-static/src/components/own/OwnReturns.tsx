// The three returns side by side, taken apart, and what stands in the way of a rank.

import { twoDecimals } from "../../lib/amounts";
import { type OwnWindow, type Profile, WINDOWS } from "../../lib/api";
import { windowWords } from "../../lib/format";
import { ownWords } from "../../lib/own-words";
import { words } from "../../lib/words";
import type { ComponentChildren } from "preact";
import { Amount, Lock } from "../Amount";
import { How } from "../Explain";
import { Return } from "../Figures";
import { ON_ALL, Reasons, WITHOUT, Why } from "./own-return";

const ROWS: [said: string, value: (own: OwnWindow) => ComponentChildren][] = [
  ["Shown and ranked", (own) => <b><Return percent={own.shown_pct} /></b>],
  [WITHOUT, (own) => <Return percent={twoDecimals(own.twr_pct)} />],
  [ON_ALL, (own) => <Return percent={twoDecimals(own.mwr_pct)} />],
  ["Profit or loss", (own) => <Amount value={own.pnl_usdt} as="gain" />],
  ["At the start", (own) => <Amount value={own.start_usdt} />],
  ["Came in", (own) => <Amount value={own.deposits_usdt} />],
  ["Went out", (own) => <Amount value={own.withdrawals_usdt} />],
];

export function OwnReturns({ profile }: { profile: Profile | null }) {
  const windows = profile?.owner?.windows;
  return (
    <section class="card own-returns" aria-labelledby="returns-title">
      <div class="card-head">
        <h2 id="returns-title">
          {ownWords.own_returns.said} <How of={ownWords.own_returns} numbers={windows ? WINDOWS.map((each) => [`Shown, ${windowWords(each)}`, <Return percent={windows[each].shown_pct} />]) : []} />
        </h2>
        <Lock />
      </div>
      {!profile ? (
        <div class="hold" />
      ) : !windows ? (
        <p class="own">{words.no_board.said} {words.no_board.explained}</p>
      ) : (
        <>
          <div class="scroll" tabindex={0} role="region" aria-label={ownWords.own_returns.said}>
            <table class="list">
              <caption class="unseen">{ownWords.own_returns.said}</caption>
              <thead>
                <tr>
                  <th scope="col">USDT and %</th>
                  {WINDOWS.map((window) => (
                    <th key={window} scope="col" class="right">{windowWords(window)}</th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {ROWS.map(([said, value]) => (
                  <tr key={said}>
                    <th scope="row">{said}</th>
                    {WINDOWS.map((window) => (
                      <td key={window} class="right">{value(windows[window])}</td>
                    ))}
                  </tr>
                ))}
                <tr>
                  <th scope="row">Rank</th>
                  {WINDOWS.map((window) => (
                    <td key={window} class="right num">{profile.pnl[window].rank?.toLocaleString("en") ?? "none"}</td>
                  ))}
                </tr>
              </tbody>
            </table>
          </div>
          {WINDOWS.filter((window) => windows[window].capped || windows[window].not_ranked.length > 0).map((window) => (
            <div key={window} class="about-window">
              <h3>{windowWords(window)}</h3>
              {windows[window].capped && <p><Why of={windows[window]} /></p>}
              {windows[window].not_ranked.length > 0 && <Reasons of={windows[window]} />}
            </div>
          ))}
        </>
      )}
    </section>
  );
}
