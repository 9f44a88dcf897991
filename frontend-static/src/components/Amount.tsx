// An amount that its owner may hide, and the lock on what nobody else sees.

import { DOTS, quantity, signedSum, sum, useHidden } from "../lib/amounts";
import { UNKNOWN, tone } from "../lib/format";
import { words } from "../lib/words";

type Props = {
  value: string | null;
  as?: "sum" | "gain" | "quantity";
  unit?: string;
};

const WRITTEN = { sum, gain: signedSum, quantity };

/** A sum, a gain with sign and colour, or a quantity. */
export function Amount({ value, as = "sum", unit = "" }: Props) {
  const hidden = useHidden();
  if (value === null) return <span class="num">{UNKNOWN}</span>;
  if (hidden) {
    return (
      <span class="num">
        <span class="hidden-amount" aria-hidden="true">{DOTS}</span>
        <span class="unseen">hidden</span>
      </span>
    );
  }
  return (
    <span class={`num ${as === "gain" ? tone(value) : ""}`}>
      {WRITTEN[as](value)}
      {unit && <span class="unit"> {unit}</span>}
    </span>
  );
}

/** A lock with its label. */
export function Lock({ short = false }: { short?: boolean }) {
  return (
    <span class="lock">
      <svg viewBox="0 0 16 16" width="13" height="13" aria-hidden="true">
        <rect x="3" y="7" width="10" height="7" rx="1.500" />
        <path d="M5 7V5a3 3 0 0 1 6 0v2" />
      </svg>
      <span class={short ? "unseen" : ""}>{words.locked.said}</span>
    </span>
  );
}
