// A question button that opens the rule behind a figure, and words that explain themselves.

import { useId } from "preact/hooks";
import { type Word, words } from "../lib/words";

/** "How is this computed", beside a figure. */
export function How({ of, said }: { of: Word; said?: string }) {
  const id = useId();
  const name = said ?? words[of].said;
  return (
    <>
      <button class="how" type="button" popovertarget={id} aria-label={`How is this computed: ${name}`}>
        <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
          <circle cx="8" cy="8" r="6.500" />
          <path d="M6.200 6.300a1.900 1.900 0 1 1 2.700 1.700c-.6.3-.9.6-.9 1.300M8 11.300v.2" />
        </svg>
      </button>
      <Explanation id={id} title={name} text={words[of].explained} />
    </>
  );
}

/** A word about a trader or coin; pressing it tells what it means. */
export function Flag({ of, tone = "note" }: { of: Word; tone?: "note" | "warn" }) {
  const id = useId();
  return (
    <>
      <button class={`flag ${tone}`} type="button" popovertarget={id}>
        {words[of].said}
      </button>
      <Explanation id={id} title={words[of].said} text={words[of].explained} />
    </>
  );
}

function Explanation({ id, title, text }: { id: string; title: string; text: string }) {
  return (
    <div class="explanation" id={id} popover="auto" role="dialog" aria-label={title}>
      <strong>{title}</strong>
      <p>{text}</p>
      <button type="button" class="quiet-button" popovertarget={id} popovertargetaction="hide">
        Close
      </button>
    </div>
  );
}
