// What there was at the end of each day, and where money came in or went out.

import { useState } from "preact/hooks";
import { DOTS, sum, useHidden } from "../../lib/amounts";
import type { Day } from "../../lib/api";
import { day, shortDay } from "../../lib/format";
import { ownWords } from "../../lib/own-words";
import { Amount, Lock } from "../Amount";
import { AsTable } from "../AsTable";
import { Canvas } from "../Canvas";
import { Flag, How } from "../Explain";
import { Nothing } from "../Notice";

export function NetWorth({ days }: { days: Day[] | null }) {
  const known = days?.filter((each) => each.net_worth_usdt !== null && each.net_worth_usdt !== undefined) ?? [];
  return (
    <section class="card own-chart" aria-labelledby="worth-title">
      <div class="card-head">
        <h2 id="worth-title">
          {ownWords.net_worth.said}{" "}
          <How of={ownWords.net_worth} numbers={known.slice(-8).map((each) => [shortDay(each.date), <Amount value={each.net_worth_usdt ?? null} unit="USDT" />])} />
        </h2>
        <Lock />
      </div>
      {days !== null && known.length < 2 ? <Nothing of={ownWords.no_days} /> : <Curve days={days ?? []} known={known} />}
    </section>
  );
}

function Curve({ days, known }: { days: Day[]; known: Day[] }) {
  const hidden = useHidden();
  const [near, setNear] = useState<Day | null>(null);
  const shown = near ?? known.at(-1) ?? null;
  const said = sentence(known, hidden);
  const draw = async (box: HTMLElement) => {
    const { drawWorth } = await import("../../lib/own-charts");
    return drawWorth(box, days, hidden, (place) => setNear(place === null ? null : (days[place] ?? null)));
  };
  return (
    <>
      <p class="legend" aria-hidden="true">
        <span class="at">{shown ? shortDay(shown.date) : ""}</span>
        <Amount value={shown?.net_worth_usdt ?? null} unit="USDT" />
        {isMoved(shown?.deposits_usdt) && <span class="flow"><i class="up">▲</i> came in <Amount value={shown?.deposits_usdt ?? null} /></span>}
        {isMoved(shown?.withdrawals_usdt) && <span class="flow"><i class="down">▼</i> went out <Amount value={shown?.withdrawals_usdt ?? null} /></span>}
      </p>
      <Canvas of={days.length > 0 ? JSON.stringify([days, hidden]) : ""} sentence={said} draw={draw} />
      <p class="figcaption">
        {said} {days.some((each) => each.imported) && <Flag of="before_joining" />}
      </p>
      {days.length > 0 && (
        <AsTable
          days={days}
          caption="Net worth at the end of each day (UTC), USDT"
          columns={[
            ["Net worth, USDT", (each) => <Amount value={each.net_worth_usdt ?? null} />],
            ["Came in", (each) => <Amount value={moved(each.deposits_usdt)} />],
            ["Went out", (each) => <Amount value={moved(each.withdrawals_usdt)} />],
          ]}
        />
      )}
    </>
  );
}

function isMoved(amount: string | null | undefined): boolean {
  return Number(amount ?? 0) > 0;
}

function moved(amount: string | null | undefined): string | null {
  return isMoved(amount) ? (amount ?? null) : null;
}

function sentence(known: Day[], hidden: boolean): string {
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return "The days are being loaded.";
  const written = (each: Day) => (hidden ? DOTS : sum(each.net_worth_usdt ?? null));
  const came = known.filter((each) => isMoved(each.deposits_usdt)).length;
  const went = known.filter((each) => isMoved(each.withdrawals_usdt)).length;
  const flows = came + went === 0 ? "Nothing came in or went out." : `▲ money came in on ${count(came)}, ▼ went out on ${count(went)}.`;
  return `${day(first.date)}: ${written(first)} USDT; ${day(last.date)}: ${written(last)} USDT. ${flows}`;
}

function count(days: number): string {
  return days === 1 ? "1 day" : `${days} days`;
}
