// Content that is one's own: its skeleton, what is said when it fails, and the notices above it.

import type { ComponentChildren } from "preact";
import type { Loaded } from "../lib/answer";
import { Notice, Nothing } from "./Notice";

/** `children` with the answer, or what stands in its place. */
export function Waiting<T>({ loaded, rows, children }: { loaded: Loaded<T>; rows: number; children: (answer: T) => ComponentChildren }) {
  const { answer, problem, again } = loaded;
  const offline = problem?.status === 0 && !navigator.onLine;
  const of = offline ? "offline" : "failed";
  const retry = (
    <button type="button" class="button" onClick={again}>
      Try again
    </button>
  );
  if (answer === null && problem) return <Nothing of={of}>{retry}</Nothing>;
  if (answer === null) {
    return (
      <div class="card placeholder" aria-busy="true">
        <span class="unseen">Loading</span>
        {Array.from({ length: rows }, (_, row) => (
          <i key={row} class="wait" />
        ))}
      </div>
    );
  }
  return (
    <>
      {problem && <Notice of={of}>{!offline && retry}</Notice>}
      {children(answer)}
    </>
  );
}
