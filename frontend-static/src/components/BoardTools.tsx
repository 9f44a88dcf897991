// Which time to rank by, and the search by name.

import { useEffect, useRef, useState } from "preact/hooks";
import { WINDOWS } from "../lib/api";
import { addressWith, follow, go } from "../lib/address";
import { windowWords } from "../lib/format";
import type { Asked } from "../pages/board";

const LONGEST_NAME = 30;
const SEARCH_AFTER_MS = 250;

export function BoardTools({ asked }: { asked: Asked }) {
  return (
    <div class="tools">
      <nav class="segments" aria-label="Rank by return of">
        {WINDOWS.map((window) => (
          <a
            key={window}
            href={addressWith({ window, q: asked.q })}
            aria-current={window === asked.window ? "true" : undefined}
            onClick={follow}
          >
            {windowWords(window)}
          </a>
        ))}
      </nav>
      <a class="button" href="/compare">Compare</a>
      <Search asked={asked} />
    </div>
  );
}

function Search({ asked }: { asked: Asked }) {
  const [typed, setTyped] = useState(asked.q);
  const field = useRef<HTMLInputElement>(null);
  const search = (q: string) => {
    if (q !== asked.q) go(addressWith({ window: asked.window, q }), "replace");
  };
  useEffect(() => {
    const timer = window.setTimeout(() => search(typed.trim()), SEARCH_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    if (asked.q !== typed.trim()) setTyped(asked.q);
  }, [asked.q]);
  useEffect(() => {
    const slash = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener("keydown", slash);
    return () => document.removeEventListener("keydown", slash);
  }, []);
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        search(typed.trim());
      }}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="7" cy="7" r="4.500" />
        <path d="m10.500 10.500 4 4" />
      </svg>
      <label class="unseen" for="search">
        Find a trader by the start of the name
      </label>
      <input
        ref={field}
        id="search"
        type="search"
        autocomplete="off"
        spellcheck={false}
        maxLength={LONGEST_NAME}
        placeholder="Find a trader"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}
