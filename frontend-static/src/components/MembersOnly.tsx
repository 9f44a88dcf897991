// What is for members: shown to whoever is signed in; others sign in right here and stay.

import type { ComponentChildren } from "preact";
import { comeBack, useSession } from "../lib/session";
import { memberWords } from "../lib/member-words";
import { Notice, Nothing } from "./Notice";
import { SignInForm } from "./SignInForm";

export function MembersOnly({ children }: { children: (name: string) => ComponentChildren }) {
  const { state, name, problem } = useSession();
  if (state === "out" || name === null) {
    return (
      <section class="card entry-card" aria-labelledby="members-only">
        <h2 id="members-only">{memberWords.members_only.said}</h2>
        <p class="quiet">{memberWords.members_only.explained}</p>
        <SignInForm done={() => undefined} autofocus={false} />
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
