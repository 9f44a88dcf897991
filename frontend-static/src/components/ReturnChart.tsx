// The trader's line beside Bitcoin's: drawn, said in a sentence, and as a table.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Loaded } from "../lib/answer";
import type { Day, Performance } from "../lib/api";
import { day, shortDay, signed } from "../lib/format";
import { onThemeChange } from "../lib/theme";
import { Flag } from "./Explain";
import { Return } from "./Figures";
import { Notice, Nothing } from "./Notice";

type Props = { name: string; loaded: Loaded<Performance>; days: Day[] | null };

export function ReturnChart({ name, loaded, days }: Props) {
  const { problem, again } = loaded;
  if (days === null && problem && problem.status !== 400) {
    return (
      <Nothing of={problem.status === 0 && !navigator.onLine ? "offline" : "failed"}>
        <button type="button" class="button" onClick={again}>Try again</button>
      </Nothing>
    );
  }
  const known = days?.filter((each) => each.cumulative_pct !== null) ?? [];
  const first = known[0];
  const last = known.at(-1);
  if (days !== null && (!first || !last || known.length < 2)) return <Nothing of="no_line" />;
  return (
    <>
      {problem && problem.status >= 500 && (
        <Notice of="failed">
          <button type="button" class="button" onClick={again}>Try again</button>
        </Notice>
      )}
      <figure class="line" aria-busy={loaded.busy}>
        <Drawing days={days ?? []} name={name} sentence={first && last ? sentence(name, first, last) : "The line is being loaded."} />
        {first && last && (
          <figcaption>
            {sentence(name, first, last)}
            {days?.some((each) => each.imported) && <> <Flag of="before_joining" /></>}
          </figcaption>
        )}
      </figure>
      {days && <AsTable days={days} name={name} />}
    </>
  );
}

function sentence(name: string, first: Day, last: Day): string {
  const span = `From ${day(first.date)} to ${day(last.date)}`;
  return `${span}: ${name} ${signed(last.cumulative_pct)}, Bitcoin ${signed(last.btc_pct)}.`;
}

function Drawing({ days, name, sentence }: { days: Day[]; name: string; sentence: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState<Day | null>(null);
  const shown = near ?? days.filter((each) => each.cumulative_pct !== null).at(-1) ?? null;
  useEffect(() => {
    const element = box.current;
    if (!element || days.length === 0) return;
    let stop = () => {};
    let gone = false;
    const draw = async () => {
      const { drawLine } = await import("../lib/line-chart");
      if (gone) return;
      stop();
      stop = drawLine(element, days, (place) => setNear(place === null ? null : (days[place] ?? null)));
    };
    void draw();
    const forget = onThemeChange(() => void draw());
    return () => {
      gone = true;
      forget();
      stop();
    };
  }, [JSON.stringify(days)]);
  return (
    <>
      <p class="legend" aria-hidden="true">
        <span class="at">{shown ? shortDay(shown.date) : ""}</span>
        <span class="key trader">{name}</span> <Return percent={shown?.cumulative_pct ?? null} />
        <span class="key bitcoin">Bitcoin</span> <Return percent={shown?.btc_pct ?? null} />
      </p>
      <div class="canvas" role="img" aria-label={sentence} ref={box} />
    </>
  );
}

function AsTable({ days, name }: { days: Day[]; name: string }) {
  return (
    <details class="as-table">
      <summary>Show as table</summary>
      <div class="scroll" tabindex={0} role="region" aria-label="The line as a table">
        <table class="list">
          <caption class="unseen">Return at the end of each day (UTC)</caption>
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col" class="right">{name}</th>
              <th scope="col" class="right">Bitcoin</th>
            </tr>
          </thead>
          <tbody>
            {[...days].reverse().map((each) => (
              <tr key={each.date}>
                <th scope="row">
                  {day(each.date)}
                  {each.imported && <span class="own"> before joining</span>}
                </th>
                <td class="right"><Return percent={each.cumulative_pct} /></td>
                <td class="right"><Return percent={each.btc_pct} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
