// Whom I follow, with their numbers as everyone sees them.

import "../styles/follows.css";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { FollowButton, signInFirst } from "../components/FollowButton";
import { Flag, How } from "../components/Explain";
import { Return } from "../components/Figures";
import { Failed, Nothing, Renewal } from "../components/Notice";
import { useAnswer } from "../lib/answer";
import type { Followed, Follows, Status } from "../lib/api";
import { knowFollows } from "../lib/follows";
import { day, plain } from "../lib/format";
import { ownWords } from "../lib/own-words";
import { useSession } from "../lib/session";
import type { Word } from "../lib/words";

const RENEW_MS = 60_000;
const SKELETON_ROWS = 5;
const STATUS_FLAGS: Record<Status, Word | null> = {
  active: null,
  not_ranked_yet: "not_ranked_yet",
  stale: "old_data",
  retired: "left_league",
};

function FollowsPage() {
  const session = useSession();
  const loaded = useAnswer<Follows>("/api/me/follows", () => RENEW_MS, "member");
  const { answer, problem, again } = loaded;
  useEffect(() => {
    if (answer) knowFollows(answer.follows.map((each) => each.name));
  }, [answer]);
  if (session.state === "out") {
    return (
      <Nothing of={ownWords.sign_in_to_follow}>
        <a class="button main" href={signInFirst()}>Sign in</a>
      </Nothing>
    );
  }
  if (problem && !answer) return <Failed problem={problem} again={again} />;
  if (answer && answer.follows.length === 0) {
    return (
      <Nothing of={ownWords.no_follows}>
        <a class="button" href="/">Go to the board</a>
      </Nothing>
    );
  }
  return (
    <>
      {problem && <Renewal problem={problem} again={again} />}
      <Table follows={answer?.follows ?? null} />
    </>
  );
}

function Table({ follows }: { follows: Followed[] | null }) {
  return (
    <table class="board follows" aria-busy={follows === null}>
      <caption class="unseen">Traders I follow, by name</caption>
      <thead>
        <tr>
          <th scope="col" class="c-rank"><span class="head">Rank, 24 h <How of="rank" said="Rank, 24 h" /></span></th>
          <th scope="col" class="c-name">Trader</th>
          <th scope="col" class="c-return chosen"><span class="head">24 h <How of="return" said="Return, 24 h" /></span></th>
          <th scope="col" class="c-return">7 d</th>
          <th scope="col" class="c-return">30 d</th>
          <th scope="col" class="c-fall"><span class="head">Max drawdown <How of="drawdown" /></span></th>
          <th scope="col" class="c-followers">Followers</th>
          <th scope="col" class="c-since">Followed since</th>
        </tr>
      </thead>
      <tbody>
        {follows
          ? follows.map((each) => <Row key={each.name} of={each} />)
          : Array.from({ length: SKELETON_ROWS }, (_, place) => <Wait key={place} />)}
      </tbody>
    </table>
  );
}

function Row({ of: trader }: { of: Followed }) {
  const flag = trader.status && STATUS_FLAGS[trader.status];
  return (
    <tr class={trader.rank === null ? "unranked" : ""}>
      <td class="c-rank"><span class="rank">{trader.rank?.toLocaleString("en") ?? "–"}</span></td>
      <th scope="row" class="c-name">
        <div class="trader-cell">
          <FollowButton name={trader.name} />
          {trader.listed ? (
            <a class="name" href={`/t/${encodeURIComponent(trader.name)}`}>{trader.name}</a>
          ) : (
            <span class="name">{trader.name}</span>
          )}
          <span class="sub">
            <span class="phone">drawdown {plain(trader.max_drawdown_pct)}</span>
            {!trader.listed && <span class="own">{ownWords.not_listed.said}</span>}
            {flag && <Flag of={flag} tone={flag === "old_data" ? "warn" : "note"} />}
            {trader.capped && <Flag of="limited" tone="warn" />}
          </span>
        </div>
      </th>
      <td class="c-return chosen"><Return percent={trader.pnl_24h_pct} /></td>
      <td class="c-return"><Return percent={trader.pnl_7d_pct} /></td>
      <td class="c-return"><Return percent={trader.pnl_30d_pct} /></td>
      <td class="c-fall num">{plain(trader.max_drawdown_pct)}</td>
      <td class="c-followers num">{trader.followers?.toLocaleString("en") ?? "–"}</td>
      <td class="c-since">{day(trader.since)}</td>
    </tr>
  );
}

function Wait() {
  return (
    <tr class="skeleton" aria-hidden="true">
      {["rank", "name", "return chosen", "return", "return", "fall", "followers", "since"].map((each, place) => (
        <td key={place} class={`c-${each}`}><i /></td>
      ))}
    </tr>
  );
}

const app = document.getElementById("app");
if (app) render(<FollowsPage />, app);
