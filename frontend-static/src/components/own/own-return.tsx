// How a return came about, with the trader's own numbers, in plain words.

import { twoDecimals } from "../../lib/amounts";
import type { OwnWindow, Profile, WindowName } from "../../lib/api";
import { signed, span } from "../../lib/format";
import { Amount } from "../Amount";
import { Flag, type Numbers } from "../Explain";
import { type OwnReturn, spanOfWindow } from "../Tiles";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const WITHOUT = "Return, deposits taken out";
export const ON_ALL = "Return on all the money";

/** What his tile of that window says; null while nothing is known. */
export function ownReturn(profile: Profile | null, window: WindowName): OwnReturn | null {
  const own = profile?.owner?.windows?.[window];
  if (!profile || !own) return null;
  return {
    numbers: [...spanOfWindow(profile.as_of, window), ...madeOf(own)],
    why: <Why of={own} />,
    below: <Below of={own} />,
  };
}

function madeOf(own: OwnWindow): Numbers {
  return [
    ["At the start, USDT", <Amount value={own.start_usdt} />],
    ["Came in, USDT", <Amount value={own.deposits_usdt} />],
    ["Went out, USDT", <Amount value={own.withdrawals_usdt} />],
    ["Profit or loss, USDT", <Amount value={own.pnl_usdt} as="gain" />],
    [WITHOUT, signed(twoDecimals(own.twr_pct))],
    [ON_ALL, signed(twoDecimals(own.mwr_pct))],
    ["Shown and ranked", <b>{signed(own.shown_pct)}</b>],
  ];
}

/** Why the shown number is the one it is. */
export function Why({ of: own }: { of: OwnWindow }) {
  if (own.shown_pct === null) return <>There is no number for this time yet.</>;
  if (!own.capped) {
    return <>The return with deposits taken out is shown: what came in or went out is neither gain nor loss.</>;
  }
  return (
    <>
      <Amount value={own.deposits_usdt} unit="USDT" /> came in, more than was left of the{" "}
      <Amount value={own.start_usdt} unit="USDT" /> at the start. So not the return with deposits taken out is shown,{" "}
      {signed(twoDecimals(own.twr_pct))}, but the lower one on all the money, {signed(own.shown_pct)}.
    </>
  );
}

function Below({ of: own }: { of: OwnWindow }) {
  return (
    <div class="below own-below">
      <span>
        profit <Amount value={own.pnl_usdt} as="gain" unit="USDT" />
      </span>
      {own.not_ranked.length > 0 && (
        <Flag of="not_ranked_yet" said={waiting(own)}>
          <Reasons of={own} />
        </Flag>
      )}
    </div>
  );
}

/** "not ranked yet: 3 h to go"; without a time where only the trader can change it. */
function waiting(own: OwnWindow): string {
  const until = rankedFrom(own);
  return until === null ? "not ranked: why" : `not ranked yet: ${toGo(until - Date.now())} to go`;
}

/** Rounded up: what is said to be over must be. */
function toGo(milliseconds: number): string {
  const step = milliseconds > 2 * DAY_MS ? DAY_MS : milliseconds > HOUR_MS ? HOUR_MS : 1;
  return span(Math.ceil(milliseconds / step) * step);
}

/** When the last of the reasons ends, in ms; null when one has no end. */
function rankedFrom(own: OwnWindow): number | null {
  const ends = own.not_ranked.map((each) => (each.until === null ? null : Date.parse(each.until)));
  return ends.some((each) => each === null) ? null : Math.max(...ends.map(Number));
}

/** What stands in the way of a rank, and until when. */
export function Reasons({ of: own }: { of: OwnWindow }) {
  return (
    <ul class="reasons-list">
      {own.not_ranked.map((each) => (
        <li key={each.reason}>
          {each.detail} {each.until && <Until at={each.until} />}
        </li>
      ))}
      {own.preview_pct !== null && own.would_stand !== null && (
        <li>
          With {signed(own.preview_pct)} you would stand at rank <b>{own.would_stand.toLocaleString("en")}</b> now. Only you see this.
        </li>
      )}
    </ul>
  );
}

function Until({ at }: { at: string }) {
  const date = new Date(at);
  const own = date.toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  return (
    <span class="own">
      Until <time dateTime={at}>{date.toLocaleString("en-GB", { timeZone: "UTC", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" })} UTC</time>
      {date.getTimezoneOffset() !== 0 && <> ({own} your time)</>} at the latest.
    </span>
  );
}
