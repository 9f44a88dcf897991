// What each day brought: bars, the sum of it in a sentence, and a table.

import { useState } from "preact/hooks";
import { DOTS, signedSum, useHidden } from "../../lib/amounts";
import type { Day } from "../../lib/api";
import { shortDay } from "../../lib/format";
import { ownWords } from "../../lib/own-words";
import { Amount, Lock } from "../Amount";
import { AsTable } from "../AsTable";
import { Canvas } from "../Canvas";
import { Flag, How } from "../Explain";
import { Nothing } from "../Notice";

export function DailyProfit({ days }: { days: Day[] | null }) {
  const known = days?.filter((each) => each.pnl_usdt !== null && each.pnl_usdt !== undefined) ?? [];
  return (
    <section class="card own-chart" aria-labelledby="daily-title">
      <div class="card-head">
        <h2 id="daily-title">
          {ownWords.daily_profit.said}{" "}
          <How of={ownWords.daily_profit} numbers={known.slice(-8).map((each) => [shortDay(each.date), <Amount value={each.pnl_usdt ?? null} as="gain" unit="USDT" />])} />
        </h2>
        <Lock />
      </div>
      {days !== null && known.length === 0 ? <Nothing of={ownWords.no_days} /> : <Bars days={days ?? []} known={known} />}
    </section>
  );
}

function Bars({ days, known }: { days: Day[]; known: Day[] }) {
  const hidden = useHidden();
  const [near, setNear] = useState<Day | null>(null);
  const shown = near ?? known.at(-1) ?? null;
  const said = sentence(known, hidden);
  const draw = async (box: HTMLElement) => {
    const { drawBars } = await import("../../lib/own-charts");
    return drawBars(box, days, hidden, (place) => setNear(place === null ? null : (days[place] ?? null)));
  };
  return (
    <>
      <p class="legend" aria-hidden="true">
        <span class="at">{shown ? shortDay(shown.date) : ""}</span>
        <Amount value={shown?.pnl_usdt ?? null} as="gain" unit="USDT" />
      </p>
      <Canvas of={days.length > 0 ? JSON.stringify([days, hidden]) : ""} sentence={said} draw={draw} />
      <p class="figcaption">
        {said} {days.some((each) => each.imported) && <Flag of="before_joining" />}
      </p>
      {days.length > 0 && (
        <AsTable
          days={days}
          caption="Profit or loss of each day (UTC), USDT"
          columns={[["Profit or loss, USDT", (each) => <Amount value={each.pnl_usdt ?? null} as="gain" />]]}
        />
      )}
    </>
  );
}

function sentence(known: Day[], hidden: boolean): string {
  const won = known.filter((each) => Number(each.pnl_usdt) > 0).length;
  const lost = known.filter((each) => Number(each.pnl_usdt) < 0).length;
  const best = [...known].sort((one, other) => Number(other.pnl_usdt) - Number(one.pnl_usdt))[0];
  const counted = `${won} ${won === 1 ? "day" : "days"} with a profit, ${lost} with a loss.`;
  if (!best) return "The days are being loaded.";
  return `${counted} Best: ${shortDay(best.date)}, ${hidden ? DOTS : signedSum(best.pnl_usdt ?? null)} USDT.`;
}
