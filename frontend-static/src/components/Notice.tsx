// What is said when something is not as usual: above what is known, or in its place.

import type { ComponentChildren } from "preact";
import type { Problem } from "../lib/api";
import { type Said, sentence } from "../lib/said";

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

/** In place of what could not be loaded, and never was. */
export function Failed({ problem, again }: { problem: Problem; again: () => void }) {
  return (
    <Nothing of={isOffline(problem) ? "offline" : "failed"}>
      <Again press={again} />
    </Nothing>
  );
}

/** A band above what was loaded before. */
export function Renewal({ problem, again }: { problem: Problem; again: () => void }) {
  if (isOffline(problem)) return <Notice of="offline" />;
  return (
    <Notice of="failed">
      <Again press={again} />
    </Notice>
  );
}

function isOffline(problem: Problem): boolean {
  return problem.status === 0 && !navigator.onLine;
}

function Again({ press }: { press: () => void }) {
  return (
    <button type="button" class="button" onClick={press}>
      Try again
    </button>
  );
}
