// The lines of all compared traders, drawn, said in a sentence, and as a table.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Day } from "../../lib/api";
import { compareWords } from "../../lib/compare-words";
import { day, shortDay, signed } from "../../lib/format";
import type { Compared } from "../../pages/compare";
import { AsTable } from "../AsTable";
import { Canvas } from "../Canvas";
import { Return } from "../Figures";
import { Nothing } from "../Notice";

type Props = { compared: Compared[]; cutTo: string | null; busy: boolean };

export function ComparedChart({ compared, cutTo, busy }: Props) {
  const [near, setNear] = useState<number | null>(null);
  const drawn = compared.filter(({ days }) => days !== null);
  const btc = drawn[0]?.days ?? [];
  const said = drawn.length > 0 ? sentence(drawn, btc) : "The lines are being loaded.";
  const place = near ?? btc.length - 1;
  const draw = async (box: HTMLElement) => {
    const { drawCompared } = await import("../../lib/compare-chart");
    return drawCompared(box, compared.map(({ days }) => days), btc, setNear);
  };
  if (drawn.length > 0 && btc.length < 2) return <Nothing of="no_line" />;
  return (
    <>
      <p class="legend" aria-hidden="true">
        <span class="at">{btc[place] ? shortDay(btc[place].date) : ""}</span>
        {compared.map(({ name, days }, number) => (
          <span key={name} class="near">
            <span class={`badge line-${number + 1}`}>{number + 1}</span>
            {btc.length === 0 ? <i class="wait" /> : <Return percent={days?.[place]?.cumulative_pct ?? null} />}
          </span>
        ))}
        <span class="near">
          <span class="key bitcoin">Bitcoin</span> <Return percent={btc[place]?.btc_pct ?? null} />
        </span>
      </p>
      <figure class="compared-lines" aria-busy={busy}>
        <Canvas of={drawn.length > 0 ? JSON.stringify(compared.map(({ days }) => days)) : ""} sentence={said} draw={draw} />
        <figcaption>
          {said}
          {cutTo && ` ${compareWords.first_day_in_common.said} (${day(cutTo)}).`}
        </figcaption>
      </figure>
      {drawn.length > 0 && (
        <AsTable
          days={btc}
          caption="Return at the end of each day (UTC)"
          columns={[
            ...drawn.map(({ name, days }): [string, (of: Day) => ComponentChildren] => [
              name,
              (of) => <Return percent={days?.find((each) => each.date === of.date)?.cumulative_pct ?? null} />,
            ]),
            ["Bitcoin", (of) => <Return percent={of.btc_pct} />],
          ]}
        />
      )}
    </>
  );
}

function sentence(drawn: Compared[], btc: Day[]): string {
  const [first, last] = [btc[0], btc.at(-1)];
  if (!first || !last) return "";
  const each = drawn.map(({ name, days }) => `${name} ${signed(days?.findLast((one) => one.cumulative_pct !== null)?.cumulative_pct ?? null)}`);
  return `From ${day(first.date)} to ${day(last.date)}: ${each.join(", ")}, Bitcoin ${signed(last.btc_pct)}.`;
}
