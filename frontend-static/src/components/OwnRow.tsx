// The row of who is signed in, first on every page of the board. It is found by his name, as anyone
// finds it: no other route than the board's, and the rank is the stored one.

import { useAnswer } from "../lib/answer";
import type { Board, WindowName } from "../lib/api";
import { renewAfter } from "../lib/hours";
import { words } from "../lib/words";
import { Row, SkeletonRow } from "./BoardTable";

const COLUMNS = 9;

export function OwnRow({ name, window, known }: { name: string; window: WindowName; known: Board | null }) {
  const query = new URLSearchParams({ window, limit: "1", q: name });
  const { answer, of } = useAnswer<Board>(`/api/board?${query}`, (board) => renewAfter(board.as_of));
  const here = known?.window === window ? known.traders.find((each) => each.name === name) : undefined;
  const found = answer && of.includes(`window=${window}&`) ? answer.traders.find((each) => each.name === name) : undefined;
  const trader = here ?? found;
  if (trader) return <Row trader={trader} window={window} mine />;
  if (!answer) return <SkeletonRow />;
  return (
    <tr class="mine">
      <td class="c-rank">–</td>
      <td colSpan={COLUMNS - 1} class="own-note">
        <strong>{words.own_not_on_board.said}</strong> <a href="/accounts">{words.own_not_on_board.explained}</a>
      </td>
    </tr>
  );
}
