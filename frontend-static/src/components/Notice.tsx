// What is said when something is not as usual: above what is known, or in its place.

import type { ComponentChildren } from "preact";
import { type Word, words } from "../lib/words";

/** A band above content that is still shown. */
export function Notice({ of, children }: { of: Word; children?: ComponentChildren }) {
  return (
    <div class="notice" role="status">
      <p>
        <strong>{words[of].said}</strong> {words[of].explained}
      </p>
      {children}
    </div>
  );
}

/** In place of content that is not there. */
export function Nothing({ of, children }: { of: Word; children?: ComponentChildren }) {
  return (
    <div class="nothing" role="status">
      <svg viewBox="0 0 64 32" width="64" height="32" aria-hidden="true">
        <path d="M2 24h12l6-8 8 12 8-24 7 16h19" />
      </svg>
      <p>
        <strong>{words[of].said}</strong>
      </p>
      <p>{words[of].explained}</p>
      {children}
    </div>
  );
}
