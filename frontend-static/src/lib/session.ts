// Who is signed in here. The access token lives in this page's memory and nowhere else; what keeps
// a session is a cookie that no script sees. `member` in the browser's storage is no secret: the
// name of who was signed in, so that visitors make no call that must fail.

import { useEffect, useState } from "preact/hooks";
import { type File, Problem, type Method, type SessionAnswer, call, callFile } from "./api";

/** unknown: somebody was signed in here, and it is being asked whether he still is.
 *  ended: he was, in this page, and has to sign in again. */
export type Session = {
  state: "unknown" | "out" | "in" | "ended";
  name: string | null;
  /** Why it is still unknown, when the league did not answer; it is being asked again. */
  problem: Problem | null;
};

const HINT = "member";
/** When somebody last signed in: tells the other tabs, also where it is the same one again. */
const SIGNED_IN_AT = "signed-in-at";
/** The hint was changed by this page; public/first.js hears it too, and may change it as well. */
const HINT_CHANGED = "memberchange";
const SPARE_MS = 20_000;
const TRY_AGAIN_MS = 15_000;
const LONGEST_REFRESH_MS = 30_000;

let token = "";
let goodUntil = 0;
let session: Session = { state: hint() === null ? "out" : "unknown", name: hint(), problem: null };
let renewing: Promise<void> | null = null;
let returning: Promise<void> | null = null;
const listeners = new Set<(session: Session) => void>();

/** The session, as it is now and whenever it changes. */
export function useSession(): Session {
  const [seen, setSeen] = useState(session);
  useEffect(() => {
    setSeen(session);
    listeners.add(setSeen);
    return () => void listeners.delete(setSeen);
  }, []);
  return seen;
}

/** The answer to a call about one's own data. When the session has ended, the call waits until he
 * has signed in again, and then goes on. Throws Problem: 401 when he does not sign in. */
export function ask<T>(method: Method, address: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return signed((token) => call<T>(address, { method, body, token, ...(signal && { signal }) }));
}

/** The same for a file. */
export function askFile(address: string): Promise<File> {
  return signed((token) => callFile(address, token));
}

async function signed<T>(send: (token: string) => Promise<T>): Promise<T> {
  const asker = session.state === "unknown" ? null : session.name;
  const first = await currentToken(asker);
  try {
    return await send(first);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
  }
  if (token === first) goodUntil = 0;
  return send(await currentToken(asker));
}

/** Sign in. The challenge to answer with the app's code where one is asked for, else null. */
export async function signIn(login: string, password: string): Promise<string | null> {
  return signedIn(await call("/api/session/sign-in", { method: "POST", body: { login, password } }));
}

/** The second step, with the authenticator app's code. */
export async function answerChallenge(challenge: string, code: string): Promise<void> {
  signedIn(await call("/api/session/sign-in", { method: "POST", body: { challenge, code } }));
}

/** Everything that kept him signed in is gone already (a new password, leaving): so is this. */
export function forgetSession(): void {
  keepHint(null);
}

function hint(): string | null {
  try {
    return localStorage.getItem(HINT);
  } catch {
    return null; // a browser that keeps nothing: signed in until the page is left
  }
}

function keep(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    return; // it holds for this page
  }
}

function keepHint(name: string | null): void {
  if (name !== hint()) keep(HINT, name);
  window.dispatchEvent(new CustomEvent(HINT_CHANGED, { detail: name }));
}

function become(state: Session["state"], name: string | null, problem: Problem | null = null): void {
  if (state === session.state && name === session.name && problem === session.problem) return;
  session = { state, name, problem };
  for (const tell of [...listeners]) tell(session);
}

function signedIn(answer: SessionAnswer): string | null {
  if (answer.challenge) return answer.challenge;
  begin(answer);
  keep(SIGNED_IN_AT, String(Date.now()));
  return null;
}

function begin(answer: SessionAnswer): void {
  token = answer.access_token ?? "";
  goodUntil = Date.now() + (answer.expires_in_s ?? 0) * 1000 - SPARE_MS;
  become("in", answer.name ?? null);
  keepHint(session.name);
}

function leave(state: "out" | "ended"): void {
  token = "";
  goodUntil = 0;
  become(state, state === "ended" ? session.name : null);
}

/** A new token by the cookie, which changes with each use: tabs wait for each other, else the
 * second would send one that is used up. Throws Problem when nothing can be known. */
function renew(): Promise<void> {
  const refresh = () =>
    call<SessionAnswer>("/api/session/refresh", {
      method: "POST",
      signal: AbortSignal.timeout(LONGEST_REFRESH_MS),
    }).then(begin, refused);
  renewing ??= navigator.locks.request("session", refresh).then(
    () => void (renewing = null),
    (error: unknown) => {
      renewing = null;
      throw error instanceof Problem ? error : new Problem(0, "");
    },
  );
  return renewing;
}

function refused(error: unknown): void {
  if (!(error instanceof Problem) || error.status !== 401) throw error;
  if (session.state === "in" || session.state === "ended") leave("ended");
  else keepHint(null);
}

async function currentToken(asker: string | null): Promise<string> {
  if (session.state !== "ended" && session.state !== "out" && Date.now() >= goodUntil) await renew();
  if (session.state === "ended") await comeBack();
  // somebody else may have signed in meanwhile: he must not do what this one asked for
  if (session.state !== "in" || (asker !== null && session.name !== asker)) throw new Problem(401, "");
  return token;
}

/** Asks to sign in again, and is done when he has. Throws Problem: 401 when he does not. */
export function comeBack(): Promise<void> {
  returning ??= import("../components/SignInAgain")
    .catch(() => {
      throw new Problem(0, "");
    })
    .then(({ signInAgain }) => signInAgain())
    .finally(() => void (returning = null));
  return returning;
}

/** Somebody signed in or out, here or in another tab. */
function hintChanged(name: string | null): void {
  if (name === null) leave("out");
  else if (session.state !== "in" || name !== session.name) start();
}

function start(): void {
  if (session.state === "out") become("unknown", hint());
  renew().catch((problem: Problem) => {
    if (session.state === "unknown") become("unknown", session.name, problem);
    window.setTimeout(askStillUnknown, TRY_AGAIN_MS);
  });
}

function askStillUnknown(): void {
  if (session.state === "unknown") start();
}

window.addEventListener(HINT_CHANGED, (event) => hintChanged((event as CustomEvent<string | null>).detail));
window.addEventListener("storage", (event) => {
  if (event.key === HINT || event.key === SIGNED_IN_AT || event.key === null) hintChanged(hint());
});
window.addEventListener("online", askStillUnknown);
// a page that comes back out of the browser's memory has missed what happened meanwhile
window.addEventListener("pageshow", (event) => event.persisted && hintChanged(hint()));
if (session.state === "unknown") start();
