// Ids that no other element of the page has; those of `useId` are only unique in one tree, and the
// window that asks to sign in again is a tree of its own.

import { useState } from "preact/hooks";

let count = 0;

export function useUnique(): string {
  const [id] = useState(() => `part-${++count}`);
  return id;
}
