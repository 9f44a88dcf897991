// The three returns, each to the last full hour; on one's own profile behind the balance.

import type { ComponentChildren } from "preact";
import { type Profile, WINDOWS, type WindowName } from "../lib/api";
import { day, clock, plain, signed, windowWords } from "../lib/format";
import { Flag, How, type Numbers } from "./Explain";
import { Return } from "./Figures";

/** What a trader alone is told about his return of one window. */
export type OwnReturn = { numbers: Numbers; why: ComponentChildren; below: ComponentChildren };

type Props = {
  profile: Profile | null;
  first?: ComponentChildren;
  own?: (window: WindowName) => OwnReturn | null;
};

export function Tiles({ profile, first, own }: Props) {
  return (
    <section class={`tiles ${first ? "four" : ""}`} aria-label="Returns" aria-busy={profile === null}>
      {first}
      {WINDOWS.map((window) => (
        <Tile key={window} window={window} profile={profile} own={own?.(window) ?? null} />
      ))}
    </section>
  );
}

function Tile({ window, profile, own }: { window: WindowName; profile: Profile | null; own: OwnReturn | null }) {
  const number = profile?.pnl[window];
  const falls = profile && fallsOf(profile);
  const words = windowWords(window);
  return (
    <div class="tile">
      <h2>
        Return, {words}{" "}
        <How
          of="return"
          said={`Return, ${words}`}
          numbers={own?.numbers ?? (profile ? seen(profile, window) : [])}
          why={own?.why ?? (number?.capped && "More money was paid in than was there before: this is the lower of the two returns.")}
        />
      </h2>
      <p class="big">{number ? <Return percent={number.pct} /> : <i class="wait" />}</p>
      <div class="below">
        <span>
          {number && (number.rank === null ? "no rank" : <>rank <b>{number.rank.toLocaleString("en")}</b></>)}
          {falls && <> · drawdown <span class="num">{plain(falls[window])}</span></>}
        </span>
        {number?.capped && <Flag of="limited" tone="warn" />}
      </div>
      {own?.below}
    </div>
  );
}

/** The largest falls of a trader, by window. */
export function fallsOf(profile: Profile): Record<WindowName, string | null> {
  return {
    "24h": profile.risk.max_drawdown_24h_pct,
    "7d": profile.risk.max_drawdown_7d_pct,
    "30d": profile.risk.max_drawdown_30d_pct,
  };
}

const HOURS: Record<WindowName, number> = { "24h": 24, "7d": 168, "30d": 720 };
const HOUR_MS = 3_600_000;

/** From when to when a window goes. */
export function spanOfWindow(asOf: string | null, window: WindowName): Numbers {
  if (asOf === null) return [];
  const start = new Date(Date.parse(asOf) - HOURS[window] * HOUR_MS).toISOString();
  return [
    ["From", `${day(start)} ${clock(start)} UTC`],
    ["To", `${day(asOf)} ${clock(asOf)} UTC`],
  ];
}

function seen(profile: Profile, window: WindowName): Numbers {
  const { pct, rank } = profile.pnl[window];
  return [
    ...spanOfWindow(profile.as_of, window),
    ["Return shown", signed(pct)],
    ["Rank", rank === null ? "none" : rank.toLocaleString("en")],
  ];
}
