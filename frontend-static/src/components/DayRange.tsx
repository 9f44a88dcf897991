// The calendar filter: presets and a free choice of days, kept in the address.

import { useEffect, useState } from "preact/hooks";
import { addressWith, follow, go, useParameters } from "../lib/address";
import type { Day } from "../lib/api";
import { PRESETS, type Span, spanOf, today, wrongWith } from "../lib/days";
import { day, signed } from "../lib/format";
import { How, type Numbers } from "./Explain";

type Props = { shown: Span; refused: string; days: Day[] | null; name: string };

export function DayRange({ shown, refused, days, name }: Props) {
  const as = useParameters().get("as") ?? "";
  const [from, setFrom] = useState(shown.from);
  const [to, setTo] = useState(shown.to);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    setFrom(shown.from);
    setTo(shown.to);
    setWrong("");
  }, [shown.from, shown.to]);
  const said = wrong || refused;
  const now = Date.now();
  const choose = (event: Event) => {
    event.preventDefault();
    const problem = wrongWith({ from, to });
    setWrong(problem);
    if (!problem) go(addressWith({ from, to, as }));
  };
  return (
    <div class="card-head">
      <h2 id="line-title">
        Return against Bitcoin <How of="cumulative" numbers={ends(days, name)} />
      </h2>
      <div class="range">
        <nav class="segments" aria-label="Days to show">
          {PRESETS.map((preset, place) => {
            const span = spanOf(preset, now);
            const current = span.from === shown.from && span.to === shown.to;
            return (
              <a
                key={preset.key}
                href={addressWith(place === 0 ? { as } : { ...span, as })}
                aria-current={current ? "true" : undefined}
                onClick={follow}
              >
                {preset.said}
              </a>
            );
          })}
        </nav>
        <form class="days" onSubmit={choose} noValidate>
          <label>
            <span class="unseen">First day (UTC)</span>
            <input
              type="date"
              value={from}
              max={today(now)}
              aria-invalid={said !== ""}
              aria-describedby={said ? "days-wrong" : undefined}
              onInput={(event) => setFrom(event.currentTarget.value)}
            />
          </label>
          <span aria-hidden="true">–</span>
          <label>
            <span class="unseen">Last day (UTC)</span>
            <input
              type="date"
              value={to}
              max={today(now)}
              aria-invalid={said !== ""}
              aria-describedby={said ? "days-wrong" : undefined}
              onInput={(event) => setTo(event.currentTarget.value)}
            />
          </label>
          <button type="submit" class="button">Show</button>
        </form>
      </div>
      {said && (
        <p id="days-wrong" class="field-error" role="alert">
          {said}
        </p>
      )}
    </div>
  );
}

/** What the line says at its ends. */
function ends(days: Day[] | null, name: string): Numbers {
  const known = days?.filter((each) => each.cumulative_pct !== null) ?? [];
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return [];
  return [
    ["From the end of", day(first.date)],
    ["To", day(last.date)],
    [name, signed(last.cumulative_pct)],
    ["Bitcoin", signed(last.btc_pct)],
  ];
}
