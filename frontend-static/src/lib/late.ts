// A part of the page that only some need, loaded when it is needed.

import { useEffect, useState } from "preact/hooks";
import { Problem } from "./api";

export type Late<T> = { loaded: T | null; failed: Problem | null; again: () => void };

/** What `load` gives, once `wanted`. */
export function useLate<T>(wanted: boolean, load: () => Promise<T>): Late<T> {
  const [loaded, setLoaded] = useState<{ is: T } | null>(null);
  const [failed, setFailed] = useState<Problem | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!wanted || loaded) return;
    load().then(
      (is) => {
        setLoaded({ is });
        setFailed(null);
      },
      () => setFailed(new Problem(0, "")),
    );
  }, [wanted, round]);
  return { loaded: loaded?.is ?? null, failed, again: () => setRound(round + 1) };
}
