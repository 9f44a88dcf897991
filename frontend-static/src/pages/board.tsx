// The board: who did best, kept new while one looks.

import { render } from "preact";
import { BoardTable } from "../components/BoardTable";
import { BoardTools } from "../components/BoardTools";
import { ExchangeNotice } from "../components/ExchangeNotice";
import { LeagueSummary } from "../components/LeagueSummary";
import { Failed, Notice, Nothing, Renewal } from "../components/Notice";
import { OwnRow } from "../components/OwnRow";
import { Paging } from "../components/Paging";
import { Refreshed } from "../components/Refreshed";
import { addressWith, follow, useParameters } from "../lib/address";
import { type Loaded, useAnswer } from "../lib/answer";
import { type Board, CONFLICT, WINDOWS, type WindowName } from "../lib/api";
import { lateBy, renewAfter, useNow } from "../lib/hours";
import { useSession } from "../lib/session";

const PAGE_SIZE = "50";

export type Asked = { window: WindowName; q: string; cursor: string };

function BoardPage() {
  const parameters = useParameters();
  const asked = read(parameters);
  const query = new URLSearchParams({ window: asked.window, limit: PAGE_SIZE });
  if (asked.q) query.set("q", asked.q);
  if (asked.cursor) query.set("cursor", asked.cursor);
  const loaded = useAnswer<Board>(`/api/board?${query}`, (board) => renewAfter(board.as_of));
  const board = loaded.answer;
  return (
    <>
      <div class="board-head">
        <Refreshed asOf={board?.as_of ?? null} known={board !== null} />
        <LeagueSummary league={board?.league ?? null} window={board?.window ?? asked.window} />
      </div>
      <BoardTools asked={asked} />
      <Notices loaded={loaded} asked={asked} />
      <Content loaded={loaded} asked={asked} />
      {board && <Paging asked={asked} next={board.next_cursor} />}
    </>
  );
}

function read(parameters: URLSearchParams): Asked {
  const wanted = parameters.get("window");
  const window = WINDOWS.find((each) => each === wanted) ?? "24h";
  return { window, q: parameters.get("q") ?? "", cursor: parameters.get("cursor") ?? "" };
}

function Notices({ loaded, asked }: { loaded: Loaded<Board>; asked: Asked }) {
  const now = useNow(30_000);
  const { answer, problem, again } = loaded;
  if (answer === null) return null;
  const late = answer.as_of !== null && lateBy(answer.as_of, now) > 0;
  return (
    <>
      <ExchangeNotice />
      {problem && problem.status !== CONFLICT && <Renewal problem={problem} again={again} />}
      {problem?.status === CONFLICT && (
        <Notice of="replaced">
          <FirstPage asked={asked} />
        </Notice>
      )}
      {!problem && late && <Notice of="late" />}
    </>
  );
}

function Content({ loaded, asked }: { loaded: Loaded<Board>; asked: Asked }) {
  const { answer, problem, again } = loaded;
  const session = useSession();
  const own = session.state === "out" ? null : session.name;
  const pinned = own && <OwnRow name={own} window={answer?.window ?? asked.window} known={answer} />;
  if (answer && answer.traders.length > 0) return <BoardTable board={answer} waiting={loaded.busy} own={own} pinned={pinned} />;
  if (answer && answer.as_of === null) return <Nothing of="no_board" />;
  if (answer && asked.q) {
    return (
      <Nothing of="no_match">
        <a class="button" href={addressWith({ window: asked.window })} onClick={follow}>
          Show all traders
        </a>
      </Nothing>
    );
  }
  if (answer && asked.cursor) {
    return (
      <Nothing of="end_of_list">
        <FirstPage asked={asked} />
      </Nothing>
    );
  }
  if (answer) return <Nothing of="nobody" />;
  if (problem?.status === CONFLICT || problem?.status === 400) {
    return (
      <Nothing of="replaced">
        <FirstPage asked={asked} />
      </Nothing>
    );
  }
  if (problem) return <Failed problem={problem} again={again} />;
  return <BoardTable board={null} waiting own={own} pinned={pinned} />;
}

function FirstPage({ asked }: { asked: Asked }) {
  return (
    <a class="button" href={addressWith({ window: asked.window, q: asked.q })} onClick={follow}>
      Go to the first page
    </a>
  );
}

const app = document.getElementById("app");
if (app) render(<BoardPage />, app);
