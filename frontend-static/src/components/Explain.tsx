// A question button that opens the rule behind a figure with the figure's own numbers in it, and
// words that explain themselves.

import type { ComponentChildren } from "preact";
import { type Said, sentence } from "../lib/said";
import { useUnique } from "../lib/unique";

/** What a figure was made of: a name and its value each. */
export type Numbers = [said: string, value: ComponentChildren][];

type HowProps = {
  of: Said;
  said?: string;
  numbers?: Numbers;
  /** Why the number is as it is, in a sentence. */
  why?: ComponentChildren;
};

/** "How is this computed", beside a figure. */
export function How({ of, said, numbers, why }: HowProps) {
  const id = useUnique();
  const name = said ?? sentence(of).said;
  return (
    <>
      <button class="how" type="button" popovertarget={id} aria-label={`How is this computed: ${name}`}>
        <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
          <circle cx="8" cy="8" r="6.500" />
          <path d="M6.200 6.300a1.900 1.900 0 1 1 2.700 1.700c-.6.3-.9.6-.9 1.300M8 11.300v.2" />
        </svg>
      </button>
      <Explanation id={id} title={name} text={sentence(of).explained}>
        {numbers && numbers.length > 0 && <Figured rows={numbers} />}
        {why && <p class="why">{why}</p>}
      </Explanation>
    </>
  );
}

/** A word about a trader or coin; pressing it tells what it means. */
export function Flag({ of, tone = "note", said, children }: FlagProps) {
  const id = useUnique();
  const word = sentence(of);
  return (
    <>
      <button class={`flag ${tone}`} type="button" popovertarget={id}>
        {said ?? word.said}
      </button>
      <Explanation id={id} title={word.said} text={word.explained}>
        {children}
      </Explanation>
    </>
  );
}

type FlagProps = { of: Said; tone?: "note" | "warn"; said?: string; children?: ComponentChildren };

function Figured({ rows }: { rows: Numbers }) {
  return (
    <dl class="figured">
      {rows.map(([said, value]) => (
        <div key={said}>
          <dt>{said}</dt>
          <dd class="num">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type ExplanationProps = { id: string; title: string; text: string; children?: ComponentChildren };

function Explanation({ id, title, text, children }: ExplanationProps) {
  return (
    <div class="explanation" id={id} popover="auto" role="dialog" aria-label={title}>
      <strong>{title}</strong>
      <p>{text}</p>
      {children}
      <button type="button" class="quiet-button" popovertarget={id} popovertargetaction="hide">
        Close
      </button>
    </div>
  );
}
