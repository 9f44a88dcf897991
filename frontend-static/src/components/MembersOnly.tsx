// What is for members: shown to whoever is signed in; others sign in right here and stay.

import type { ComponentChildren } from "preact";
import { useLate } from "../lib/late";
import { comeBack, useSession } from "../lib/session";
import { memberWords } from "../lib/member-words";
import { Notice, Nothing } from "./Notice";

export function MembersOnly({ children }: { children: (name: string) => ComponentChildren }) {
  const { state, name, problem } = useSession();
  const out = state === "out" || name === null;
  const form = useLate(out, () => import("./SignInForm"));
  if (out) {
    return (
      <section class="card entry-card" aria-labelledby="members-only">
        <h2 id="members-only">{memberWords.members_only.said}</h2>
        <p class="quiet">{memberWords.members_only.explained}</p>
        {form.loaded && <form.loaded.SignInForm done={() => undefined} autofocus={false} />}
        {form.failed && (
          <Nothing of="failed">
            <button type="button" class="button" onClick={form.again}>
              Try again
            </button>
          </Nothing>
        )}
        <p class="other-way">
          New here? <a href="/sign-up">Sign up</a>
        </p>
      </section>
    );
  }
  if (state === "unknown" && problem) {
    return <Nothing of={problem.status === 0 && !navigator.onLine ? "offline" : "failed"} />;
  }
  return (
    <>
      {state === "ended" && (
        <Notice of={memberWords.signed_out_here}>
          <button type="button" class="button" onClick={() => comeBack().catch(() => undefined)}>
            Sign in again
          </button>
        </Notice>
      )}
      <div key={name}>{children(name)}</div>
    </>
  );
}
