// On to the next page of the board, and back; at the start there is nothing to go back to.

import { addressWith, follow } from "../lib/address";
import type { Asked } from "../pages/board";

export function Paging({ asked, next }: { asked: Asked; next: string | null }) {
  if (!asked.cursor && !next) return null;
  const here = { window: asked.window, q: asked.q };
  const top = (event: MouseEvent) => {
    follow(event);
    if (event.defaultPrevented) document.querySelector(".tools")?.scrollIntoView();
  };
  return (
    <nav class="paging" aria-label="Pages of the board">
      {asked.cursor && (
        <>
          <a class="button" href={addressWith(here)} onClick={top}>
            First page
          </a>
          <button type="button" class="button" onClick={() => history.back()}>
            Back
          </button>
        </>
      )}
      {next && (
        <a class="button main" href={addressWith({ ...here, cursor: next })} rel="next" onClick={top}>
          Next 50
        </a>
      )}
    </nav>
  );
}
