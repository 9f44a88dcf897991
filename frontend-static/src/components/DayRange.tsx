// The calendar filter: presets and a free choice of days, kept in the address.

import { useEffect, useState } from "preact/hooks";
import { addressWith, follow, go } from "../lib/address";
import { PRESETS, type Span, spanOf, today, wrongWith } from "../lib/days";
import { How } from "./Explain";

export function DayRange({ shown, refused }: { shown: Span; refused: string }) {
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
    if (!problem) go(addressWith({ from, to }));
  };
  return (
    <div class="card-head">
      <h2 id="line-title">
        Return against Bitcoin <How of="cumulative" />
      </h2>
      <div class="range">
        <nav class="segments" aria-label="Days to show">
          {PRESETS.map((preset, place) => {
            const span = spanOf(preset, now);
            const current = span.from === shown.from && span.to === shown.to;
            return (
              <a
                key={preset.key}
                href={addressWith(place === 0 ? {} : span)}
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
