// An answer of the API that keeps itself new: the last good one stays while a newer one comes or fails.

import { useCallback, useEffect, useState } from "preact/hooks";
import { Problem, call } from "./api";
import { ask, useSession } from "./session";

const TRY_AGAIN_MS = 15_000;

export type Loaded<T> = {
  /** The newest that is known, perhaps of the address before. */
  answer: T | null;
  /** What the answer is of. */
  of: string;
  problem: Problem | null;
  busy: boolean;
  again: () => void;
};

/** As whom to ask. `member`: as who is signed in, not before. `both`: as a visitor until it is
 * known that somebody is signed in, then as him. */
export type As = "visitor" | "member" | "both";

/** Reads `address` now, when it changes, when the visitor comes back, and after `renewAfter` ms. */
export function useAnswer<T>(
  address: string,
  renewAfter: (answer: T) => number | null,
  as: As = "visitor",
): Loaded<T> {
  const session = useSession();
  const asker = as !== "visitor" && session.state === "in" ? session.name : null;
  const [round, setRound] = useState(0);
  const [known, setKnown] = useState<{ answer: T; of: string; asker: string | null } | null>(null);
  const [problem, setProblem] = useState<{ is: Problem; of: string } | null>(null);
  const [busy, setBusy] = useState(true);
  const again = useCallback(() => setRound((count) => count + 1), []);

  useEffect(() => {
    if (as === "member" && asker === null) return;
    const stopped = new AbortController();
    let timer = 0;
    const later = (wait: number | null) => {
      if (wait !== null && !stopped.signal.aborted) timer = window.setTimeout(again, wait);
    };
    setBusy(true);
    const { signal } = stopped;
    const read = asker === null ? call<T>(address, { signal }) : ask<T>("GET", address, undefined, signal);
    read
      .then((answer) => {
        setKnown({ answer, of: address, asker });
        setProblem(null);
        setBusy(false);
        later(renewAfter(answer));
      })
      .catch((error: unknown) => {
        if (stopped.signal.aborted) return;
        const is = error instanceof Problem ? error : new Problem(0, "");
        setProblem({ is, of: address });
        setBusy(false);
        later(is.status === 0 || is.status >= 500 ? TRY_AGAIN_MS : null);
      });
    return () => {
      window.clearTimeout(timer);
      stopped.abort();
    };
  }, [address, round, asker]);

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

  const current = problem !== null && problem.of === address ? problem.is : null;
  // what one's own eyes saw is not for whoever comes after
  const mine = known !== null && (known.asker === null || known.asker === session.name) ? known : null;
  return { answer: mine?.answer ?? null, of: mine?.of ?? "", problem: current, busy, again };
}
