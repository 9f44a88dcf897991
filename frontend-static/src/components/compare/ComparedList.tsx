// Who is on the chart, as its legend; each can be taken off again.

import { follow } from "../../lib/address";
import { compareAddress } from "../../lib/compare";
import type { Span } from "../../lib/days";
import type { Compared } from "../../pages/compare";
import { words } from "../../lib/words";
import { Flag } from "../Explain";
import { Return } from "../Figures";
import { LineSample } from "./LineSample";

export function ComparedList({ compared, chosen }: { compared: Compared[]; chosen: Span | null }) {
  const names = compared.map(({ name }) => name);
  return (
    <ul class="compared" aria-label="Compared traders">
      {compared.map(({ name, profile, unknown, days }, place) => (
        <li key={name}>
          <LineSample place={place} />
          {unknown ? <span class="name">{name}</span> : <a class="name" href={`/t/${encodeURIComponent(name)}`}>{name}</a>}
          <span class="state">
            {unknown ? (
              <Flag of="unknown_trader" />
            ) : days === null ? (
              <i class="wait" />
            ) : (
              <Return percent={days.findLast((day) => day.cumulative_pct !== null)?.cumulative_pct ?? null} />
            )}
            {profile?.status === "retired" && <Flag of="left_league" />}
            {profile?.status === "stale" && <Flag of="old_data" tone="warn" />}
          </span>
          <a
            class="quiet-button"
            href={compareAddress(names.filter((each) => each !== name), chosen)}
            aria-label={`Take ${name} off`}
            onClick={follow}
          >
            <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
              <path class="cross" d="m4 4 8 8m0-8-8 8" />
            </svg>
          </a>
        </li>
      ))}
      {compared.some(({ unknown }) => unknown) && <li class="why">{words.unknown_trader.explained}</li>}
    </ul>
  );
}
