// A few answers of the API at once, kept new together; what is known of an address stays.

import { useCallback, useEffect, useState } from "preact/hooks";
import { Problem, call } from "./api";

const TRY_AGAIN_MS = 15_000;

export type One<T> = { answer: T | null; problem: Problem | null };
export type Several<T> = { each: One<T>[]; busy: boolean; again: () => void };

/** Reads all `addresses` now, when they change, when the visitor comes back, and after as many ms
 * as `renewAfter` says of what was answered. */
export function useAnswers<T>(addresses: string[], renewAfter: (answers: T[]) => number): Several<T> {
  const [round, setRound] = useState(0);
  const [known, setKnown] = useState(new Map<string, One<T>>());
  const [busy, setBusy] = useState(true);
  const again = useCallback(() => setRound((count) => count + 1), []);

  useEffect(() => {
    const stopped = new AbortController();
    let timer = 0;
    setBusy(true);
    const reading = addresses.map((address) =>
      call<T>(address, { signal: stopped.signal }).then(
        (answer): One<T> => ({ answer, problem: null }),
        (error: unknown): One<T> => ({
          answer: null,
          problem: error instanceof Problem ? error : new Problem(0, ""),
        }),
      ),
    );
    void Promise.all(reading).then((read) => {
      if (stopped.signal.aborted) return;
      setKnown((before) => new Map(addresses.map((address, place) => [address, kept(before.get(address), read[place])])));
      setBusy(false);
      const failed = read.some(({ problem }) => problem && (problem.status === 0 || problem.status >= 500));
      timer = window.setTimeout(again, failed ? TRY_AGAIN_MS : renewAfter(read.flatMap(({ answer }) => (answer ? [answer] : []))));
    });
    return () => {
      window.clearTimeout(timer);
      stopped.abort();
    };
  }, [addresses.join(" "), round]);

  useEffect(() => {
    const back = () => {
      if (!document.hidden) again();
    };
    window.addEventListener("online", back);
    document.addEventListener("visibilitychange", back);
    return () => {
      window.removeEventListener("online", back);
      document.removeEventListener("visibilitychange", back);
    };
  }, []);

  const each = addresses.map((address) => known.get(address) ?? { answer: null, problem: null });
  return { each, busy, again };
}

/** What was read, beside what was known before where the reading failed for now. */
function kept<T>(before: One<T> | undefined, read: One<T> | undefined): One<T> {
  if (!read) return { answer: null, problem: null };
  const gone = read.problem?.status === 404;
  return { answer: read.answer ?? (gone ? null : (before?.answer ?? null)), problem: read.problem };
}
