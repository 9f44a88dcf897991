// What is said when something is not as usual: above what is known, or in its place.

import type { ComponentChildren } from "preact";
import { type Word, words } from "../lib/words";

/** A word of the list every page has, or a sentence of another. */
type Said = Word | { said: string; explained: string };

function sentence(of: Said): { said: string; explained: string } {
  return typeof of === "string" ? words[of] : of;
}

/** A band above content that is still shown. */
export function Notice({ of, children }: { of: Said; children?: ComponentChildren }) {
  const { said, explained } = sentence(of);
  return (
    <div class="notice" role="status">
      <p>
        <strong>{said}</strong> {explained}
      </p>
      {children}
    </div>
  );
}

/** In place of content that is not there. */
export function Nothing({ of, children }: { of: Said; children?: ComponentChildren }) {
  const { said, explained } = sentence(of);
  return (
    <div class="nothing" role="status">
      <svg viewBox="0 0 64 32" width="64" height="32" aria-hidden="true">
        <path d="M2 24h12l6-8 8 12 8-24 7 16h19" />
      </svg>
      <p>
        <strong>{said}</strong>
      </p>
      <p>{explained}</p>
      {children}
    </div>
  );
}
