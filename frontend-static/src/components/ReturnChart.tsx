// The trader's line beside Bitcoin's: drawn, said in a sentence, and as a table.

import { useState } from "preact/hooks";
import type { Loaded } from "../lib/answer";
import type { Day, Performance } from "../lib/api";
import { day, shortDay, signed } from "../lib/format";
import { AsTable } from "./AsTable";
import { Canvas } from "./Canvas";
import { Flag } from "./Explain";
import { Return } from "./Figures";
import { Failed, Nothing, Renewal } from "./Notice";
import { SaveCsv } from "./SaveCsv";

type Props = { name: string; loaded: Loaded<Performance>; days: Day[] | null; save?: () => Promise<void> };

export function ReturnChart({ name, loaded, days, save }: Props) {
  const { problem, again } = loaded;
  if (days === null && problem && problem.status !== 400) {
    return <Failed problem={problem} again={again} />;
  }
  const known = days?.filter((each) => each.cumulative_pct !== null) ?? [];
  const first = known[0];
  const last = known.at(-1);
  if (days !== null && (!first || !last || known.length < 2)) return <Nothing of="no_line" />;
  return (
    <>
      {problem && problem.status >= 500 && <Renewal problem={problem} again={again} />}
      <figure class="line" aria-busy={loaded.busy}>
        <Drawing days={days ?? []} name={name} sentence={first && last ? sentence(name, first, last) : "The line is being loaded."} />
        {first && last && (
          <figcaption>
            {sentence(name, first, last)}
            {days?.some((each) => each.imported) && <> <Flag of="before_joining" /></>}
          </figcaption>
        )}
      </figure>
      {days && (
        <div class="chart-foot">
          <AsTable
            days={days}
            caption="Return at the end of each day (UTC)"
            columns={[
              [name, (each) => <Return percent={each.cumulative_pct} />],
              ["Bitcoin", (each) => <Return percent={each.btc_pct} />],
            ]}
          />
          {save && <SaveCsv of="the line" save={save} />}
        </div>
      )}
    </>
  );
}

function sentence(name: string, first: Day, last: Day): string {
  const span = `From ${day(first.date)} to ${day(last.date)}`;
  return `${span}: ${name} ${signed(last.cumulative_pct)}, Bitcoin ${signed(last.btc_pct)}.`;
}

function Drawing({ days, name, sentence }: { days: Day[]; name: string; sentence: string }) {
  const [near, setNear] = useState<Day | null>(null);
  const shown = near ?? days.filter((each) => each.cumulative_pct !== null).at(-1) ?? null;
  const draw = async (box: HTMLElement) => {
    const { drawLine } = await import("../lib/line-chart");
    return drawLine(box, days, (place) => setNear(place === null ? null : (days[place] ?? null)));
  };
  return (
    <>
      <p class="legend" aria-hidden="true">
        <span class="at">{shown ? shortDay(shown.date) : ""}</span>
        <span class="key trader">{name}</span> <Return percent={shown?.cumulative_pct ?? null} />
        <span class="key bitcoin">Bitcoin</span> <Return percent={shown?.btc_pct ?? null} />
      </p>
      <Canvas of={days.length > 0 ? JSON.stringify(days) : ""} sentence={sentence} draw={draw} />
    </>
  );
}
