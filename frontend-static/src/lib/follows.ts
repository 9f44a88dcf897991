// Whom the one who is signed in follows. A change is shown at once, and taken back where it fails.

import { useEffect, useState } from "preact/hooks";
import { type Follows, Problem } from "./api";
import { say } from "./say";
import { ask, useSession } from "./session";

const ADDRESS = "/api/me/follows";

let of: string | null = null;
/** Names in small letters; null while they are not known. */
let names: ReadonlySet<string> | null = null;
let loading: Promise<void> | null = null;
const listeners = new Set<() => void>();

export type Following = { names: ReadonlySet<string> | null; change: (name: string, follow: boolean) => Promise<void> };

/** The names that he follows, and how to change them; names are null until they are known. */
export function useFollowing(): Following {
  const session = useSession();
  const [, redraw] = useState(0);
  useEffect(() => {
    const tell = () => redraw((count) => count + 1);
    listeners.add(tell);
    return () => void listeners.delete(tell);
  }, []);
  useEffect(() => {
    if (session.state === "out") forget(null);
    else if (session.state === "in") {
      if (session.name !== of) forget(session.name);
      void load().catch(() => {}); // a change asks again, and says what is wrong
    }
  }, [session.state, session.name]);
  return { names, change };
}

/** Known anew from an answer that was read for something else. */
export function knowFollows(follows: string[]): void {
  become(new Set(follows.map((name) => name.toLowerCase())));
}

function forget(name: string | null): void {
  of = name;
  loading = null;
  become(null);
}

function become(next: ReadonlySet<string> | null): void {
  names = next;
  for (const tell of [...listeners]) tell();
}

function load(): Promise<void> {
  if (names) return Promise.resolve();
  const asker = of;
  loading ??= ask<Follows>("GET", ADDRESS)
    .then(({ follows }) => {
      if (of === asker) knowFollows(follows.map((each) => each.name));
    })
    .finally(() => void (loading = null));
  return loading;
}

async function change(name: string, follow: boolean): Promise<void> {
  try {
    await load();
    show(name, follow);
    await ask(follow ? "PUT" : "DELETE", `${ADDRESS}/${encodeURIComponent(name)}`);
  } catch (error) {
    show(name, !follow);
    say(`${name} could not be ${follow ? "followed" : "dropped"}. ${why(error)}`);
  }
}

function show(name: string, follow: boolean): void {
  if (!names) return;
  const next = new Set(names);
  if (follow) next.add(name.toLowerCase());
  else next.delete(name.toLowerCase());
  become(next);
}

function why(error: unknown): string {
  if (error instanceof Problem && error.message) return error.message;
  return navigator.onLine ? "The league does not answer just now; try again in a moment." : "You are offline.";
}
