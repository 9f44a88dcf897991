// The table of the board; without a board, its shape in grey.

import type { ComponentChildren } from "preact";
import { type Board, type BoardTrader, type Status, WINDOWS, type WindowName } from "../lib/api";
import { addressWith, follow, useParameters } from "../lib/address";
import { plain, tone, windowWords } from "../lib/format";
import type { Word } from "../lib/words";
import { Flag, How } from "./Explain";
import { RankChange, Return } from "./Figures";
import { FollowButton } from "./FollowButton";
import { Sparkline } from "./Sparkline";

const SKELETON_ROWS = 15;
const STATUS_FLAGS: Record<Status, Word | null> = {
  active: null,
  not_ranked_yet: "not_ranked_yet",
  stale: "old_data",
  retired: "left_league",
};

type Props = {
  board: Board | null;
  waiting: boolean;
  /** Who is signed in, and his row, which stands first on every page. */
  own?: string | null;
  pinned?: ComponentChildren;
};

export function BoardTable({ board, waiting, own = null, pinned }: Props) {
  const parameters = useParameters();
  const asked = parameters.get("window") ?? "24h";
  const window = board?.window ?? WINDOWS.find((each) => each === asked) ?? "24h";
  const rows = board
    ? board.traders.map((trader) => <Row key={trader.name} trader={trader} window={window} mine={trader.name === own} />)
    : Array.from({ length: SKELETON_ROWS }, (_, place) => <SkeletonRow key={place} />);
  return (
    <table class="board" aria-busy={waiting || !board} data-window={window}>
      <caption class="unseen">
        {board ? `Traders by return, ${windowWords(window)}` : "The board is being loaded"}
      </caption>
      <thead>
        <tr>
          <th scope="col" class="c-rank">Rank</th>
          <th scope="col" class="c-name">Trader</th>
          <th scope="col" class="c-exchange">Exchange</th>
          {WINDOWS.map((each) => (
            <WindowHead key={each} window={each} chosen={each === window} />
          ))}
          <th scope="col" class="c-trend">
            <span class="head">Trend <How of="trend" /></span>
          </th>
          <th scope="col" class="c-fall">
            <span class="head">Max drawdown <How of="drawdown" /></span>
          </th>
          <th scope="col" class="c-followers">Followers</th>
        </tr>
      </thead>
      {pinned && <tbody class="pinned">{pinned}</tbody>}
      <tbody>{rows}</tbody>
    </table>
  );
}

function WindowHead({ window, chosen }: { window: WindowName; chosen: boolean }) {
  const q = useParameters().get("q") ?? "";
  const words = windowWords(window);
  return (
    <th scope="col" class={`c-return ${chosen ? "chosen" : ""}`} aria-sort={chosen ? "descending" : "none"}>
      <span class="head">
        <a href={addressWith({ window, q })} onClick={follow}>
          <span class="unseen">Return, </span>
          {words}
          <span class="arrow" aria-hidden="true">{chosen ? " ▼" : ""}</span>
        </a>
        {chosen && <How of="return" said={`Return, ${words}`} />}
      </span>
    </th>
  );
}

type RowProps = { trader: BoardTrader; window: WindowName; mine: boolean };

export function Row({ trader, window, mine }: RowProps) {
  const percents = { "24h": trader.pnl_24h_pct, "7d": trader.pnl_7d_pct, "30d": trader.pnl_30d_pct };
  const status = STATUS_FLAGS[trader.status];
  return (
    <tr class={`${trader.rank === null ? "unranked" : trader.rank <= 3 ? "podium" : ""} ${mine ? "mine" : ""}`}>
      <td class="c-rank">
        <span class="rank">{trader.rank ?? "–"}</span>
        <RankChange change={trader.rank_change} />
      </td>
      <th scope="row" class="c-name">
        <div class="trader-cell">
        {mine ? <span class="star me-here">you</span> : <FollowButton name={trader.name} />}
        <a class="name" href={`/t/${encodeURIComponent(trader.name)}`}>{trader.name}</a>
        <span class="sub">
          <span class="phone">drawdown {plain(trader.max_drawdown_pct)}</span>
          {status && <Flag of={status} tone={status === "old_data" ? "warn" : "note"} />}
          {trader.capped && <Flag of="limited" tone="warn" />}
        </span>
        </div>
      </th>
      <td class="c-exchange"><span class="exchange">{trader.exchange ?? "–"}</span></td>
      {WINDOWS.map((each) => (
        <td key={each} class={`c-return ${each === window ? "chosen" : ""}`}>
          <Return percent={percents[each]} />
        </td>
      ))}
      <td class="c-trend">
        <Sparkline trend={trader.trend} tone={tone(percents[window])} />
      </td>
      <td class="c-fall num">{plain(trader.max_drawdown_pct)}</td>
      <td class="c-followers num">{trader.followers.toLocaleString("en")}</td>
    </tr>
  );
}

export function SkeletonRow() {
  return (
    <tr class="skeleton" aria-hidden="true">
      <td class="c-rank"><i /></td>
      <td class="c-name"><i /></td>
      <td class="c-exchange"><i /></td>
      <td class="c-return"><i /></td>
      <td class="c-return"><i /></td>
      <td class="c-return"><i /></td>
      <td class="c-trend"><i /></td>
      <td class="c-fall"><i /></td>
      <td class="c-followers"><i /></td>
    </tr>
  );
}
