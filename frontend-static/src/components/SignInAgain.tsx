// The session has ended while somebody was at work: he signs in again, and everything goes on.
// It stands beside the page, which stays as it is and can still be read and typed in.

import { render } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Problem } from "../lib/api";
import { useSession } from "../lib/session";
import { memberWords } from "../lib/member-words";
import { SignInForm } from "./SignInForm";

/** Ask for it. Done when he is signed in; throws Problem 401 when he does not want to. */
export function signInAgain(): Promise<void> {
  const place = document.createElement("div");
  document.body.append(place);
  const before = document.activeElement;
  return new Promise<void>((done, stop) => {
    const end = (back: boolean) => {
      render(null, place);
      place.remove();
      if (before instanceof HTMLElement) before.focus();
      if (back) done();
      else stop(new Problem(401, memberWords.not_signed_in.said));
    };
    render(<Asking end={end} />, place);
  });
}

function Asking({ end }: { end: (back: boolean) => void }) {
  const { state, name } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.show(), []);
  useEffect(() => {
    if (state === "in" || state === "out") end(state === "in");
  }, [state]);
  return (
    <dialog ref={dialog} class="again" aria-labelledby="again-title" aria-describedby="again-why" onKeyDown={(event) => event.key === "Escape" && end(false)}>
      <h2 id="again-title">{memberWords.session_ended.said}</h2>
      <p id="again-why">{memberWords.session_ended.explained}</p>
      <p class="as">
        Signed in as <b>{name}</b>
      </p>
      <SignInForm {...(name !== null && { who: name })} done={() => undefined} />
      <button type="button" class="quiet-button" onClick={() => end(false)}>
        Not now
      </button>
    </dialog>
  );
}
