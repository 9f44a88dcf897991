// Finds traders by the start of the name, or offers the first of the board.

import { useEffect, useState } from "preact/hooks";
import { follow } from "../../lib/address";
import { useAnswer } from "../../lib/answer";
import type { Board } from "../../lib/api";
import { compareAddress } from "../../lib/compare";
import type { Span } from "../../lib/days";
import { words } from "../../lib/words";
import { Return } from "../Figures";

const LONGEST_NAME = 30;
const SEARCH_AFTER_MS = 250;
const OFFERED = 5;
const NEVER = () => null;

export function AddTrader({ names, chosen }: { names: string[]; chosen: Span | null }) {
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  useEffect(() => {
    const timer = window.setTimeout(() => setAsked(typed.trim()), SEARCH_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [typed]);
  const query = new URLSearchParams({ window: "30d", limit: String(OFFERED + names.length), ...(asked && { q: asked }) });
  const { answer } = useAnswer<Board>(`/api/board?${query}`, NEVER);
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const offered = answer?.traders.filter(({ name }) => !taken.has(name.toLowerCase())).slice(0, OFFERED) ?? [];
  return (
    <form class="add-trader" role="search" onSubmit={(event) => { event.preventDefault(); setAsked(typed.trim()); }}>
      <label for="add">{names.length ? "Add a trader" : "Whom to compare"}</label>
      <input
        id="add"
        type="search"
        autocomplete="off"
        spellcheck={false}
        maxLength={LONGEST_NAME}
        placeholder="Start of a name"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <ul class="offered" aria-label={asked ? "Found" : "The first of the board"} aria-live="polite">
        {offered.map((trader) => (
          <li key={trader.name}>
            <a class="button" href={compareAddress([...names, trader.name], chosen)} onClick={follow}>
              <span class="unseen">Add </span>
              <span aria-hidden="true">+</span> <span class="cut">{trader.name}</span> <Return percent={trader.pnl_30d_pct} />
            </a>
          </li>
        ))}
        {asked && answer && offered.length === 0 && <li class="own">{words.no_match.said}</li>}
      </ul>
    </form>
  );
}
