// A list over the chosen days, newest first, a page at a time, with its heading and its file.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { withCursor } from "../lib/address";
import { type As, useAnswer } from "../lib/answer";
import { CONFLICT } from "../lib/api";
import type { Span } from "../lib/days";
import { day } from "../lib/format";
import { Failed } from "./Notice";

export type Listed = {
  /** Where the pages are, with its parameters but for the cursor. */
  address: string;
  usual: Span;
  renewAfter: () => number;
  as: As;
};

type Props<T> = {
  list: Listed;
  id: string;
  title: ComponentChildren;
  /** What the pages are of, "trades". */
  of: string;
  action?: ComponentChildren;
  show: (page: T, waiting: boolean) => ComponentChildren;
};

export function PagedList<T extends { next_cursor: string | null }>({ list, id, title, of, action, show }: Props<T>) {
  const [cursors, setCursors] = useState<string[]>([]);
  const loaded = useAnswer<T>(withCursor(list.address, cursors.at(-1) ?? ""), list.renewAfter, list.as);
  const { answer, problem } = loaded;
  return (
    <section class="card listed" aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        <p class="own">
          {day(list.usual.from)} – {day(list.usual.to)} {action}
        </p>
      </div>
      {answer === null && !problem && <div class="hold" aria-busy="true" />}
      {problem && answer === null && problem.status !== 400 && <Failed problem={problem} again={loaded.again} />}
      {problem?.status === CONFLICT && answer !== null && (
        <p class="field-error">
          <button type="button" class="button" onClick={() => setCursors([])}>Begin again at the newest</button>
        </p>
      )}
      {answer && show(answer, loaded.busy)}
      {answer && (cursors.length > 0 || answer.next_cursor) && (
        <nav class="paging" aria-label={`Pages of ${of}`}>
          {cursors.length > 0 && (
            <button type="button" class="button" onClick={() => setCursors(cursors.slice(0, -1))}>
              Newer
            </button>
          )}
          {answer.next_cursor && (
            <button type="button" class="button" onClick={() => setCursors([...cursors, answer.next_cursor ?? ""])}>
              Older
            </button>
          )}
        </nav>
      )}
    </section>
  );
}
