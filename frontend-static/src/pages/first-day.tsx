// Before there is a rank: how the accounts stand, when there will be one and what is missing, where
// one would stand, and the last 30 days.

import { render } from "preact";
import { useMemo } from "preact/hooks";
import { AccountState, Standing, exchangeName } from "../components/AccountCard";
import { Return } from "../components/Figures";
import { MembersOnly } from "../components/MembersOnly";
import { Nothing } from "../components/Notice";
import { ReturnChart } from "../components/ReturnChart";
import { Waiting } from "../components/Waiting";
import { accountWords } from "../lib/account-words";
import { renewAccounts } from "../lib/accounts";
import { type Loaded, useAnswer } from "../lib/answer";
import { type FirstDay, type FirstWindow, type Performance, WINDOWS } from "../lib/api";
import { clock, countdown, day, windowWords } from "../lib/format";
import { renewAfter, useNow } from "../lib/hours";

function FirstDayPage({ name }: { name: string }) {
  const loaded = useAnswer<FirstDay>(
    "/api/me/first-day",
    (answer) => Math.min(renewAccounts(answer), renewAfter(answer.as_of)),
    "member",
  );
  const line: Loaded<Performance> = { ...loaded, answer: loaded.answer?.line ?? null };
  return (
    <Waiting loaded={loaded} rows={8}>
      {({ accounts, windows, line: { days } }) => {
        const linked = accounts.filter((account) => account.state !== "unlinked");
        if (linked.length === 0) {
          return (
            <Nothing of={accountWords.no_accounts}>
              <a class="button main" href="/link">
                Link an exchange account
              </a>
            </Nothing>
          );
        }
        return (
          <>
            {windows === null ? (
              <Nothing of={accountWords.first_hour} />
            ) : (
              <section class="tiles" aria-label="When you will be ranked">
                {WINDOWS.map((window) => (
                  <Tile key={window} window={window} of={windows[window]} />
                ))}
                <p class="quiet small about-preview">{accountWords.only_you.explained}</p>
              </section>
            )}
            <section class="card" aria-labelledby="line-title">
              <div class="card-head">
                <h2 id="line-title">{accountWords.first_line.said}</h2>
                <span class="quiet small">{accountWords.first_line.explained}</span>
              </div>
              <ReturnChart name={name} loaded={line} days={days} />
            </section>
            {linked.map((account) => (
              <section key={account.id} class="card account" aria-labelledby={`account-${account.id}`}>
                <div class="card-head">
                  <h2 id={`account-${account.id}`}>
                    {exchangeName(account)} <AccountState account={account} />
                  </h2>
                  <a href="/accounts">Your accounts</a>
                </div>
                <Standing account={account} />
              </section>
            ))}
          </>
        );
      }}
    </Waiting>
  );
}

function Tile({ window, of }: { window: (typeof WINDOWS)[number]; of: FirstWindow }) {
  const words = windowWords(window);
  return (
    <div class="tile first-tile">
      <h2>{of.rank === null ? `Ranked in ${words}` : `Rank, ${words}`}</h2>
      <p class="big">{of.rank === null ? <Until of={of} /> : <>{of.rank.toLocaleString("en")}<small> of {of.ranked.toLocaleString("en")}</small></>}</p>
      {of.rank === null && of.ranked_at && (
        <p class="quiet small">
          {day(of.ranked_at)}, {clock(of.ranked_at)} UTC, if all goes on as it is
        </p>
      )}
      {of.not_ranked.length > 0 && (
        <ul class="missing" aria-label="What is missing">
          {of.not_ranked.map(({ reason, detail }) => (
            <li key={reason}>{detail}</li>
          ))}
        </ul>
      )}
      {of.rank === null && of.preview_pct !== null && (
        <div class="preview">
          <p>
            {of.would_stand !== null && of.ranked > 0 ? (
              <>
                You would stand at <b>{of.would_stand.toLocaleString("en")}</b> of {(of.ranked + 1).toLocaleString("en")} with
              </>
            ) : (
              "Your return so far:"
            )}{" "}
            <Return percent={of.preview_pct} />
          </p>
          <p class="quiet small">{accountWords.only_you.said}</p>
        </div>
      )}
    </div>
  );
}

/** "in 23 h 12 min", counting down. */
function Until({ of }: { of: FirstWindow }) {
  const now = useNow(10_000);
  // the league's clock counts, not the visitor's
  const due = useMemo(() => Date.now() + (of.ranked_in_s ?? 0) * 1000, [of]);
  if (of.ranked_in_s === null) return <span class="not-yet">not yet</span>;
  return <>in {countdown(due - now)}</>;
}

const app = document.getElementById("app");
if (app) render(<MembersOnly>{(name) => <FirstDayPage name={name} />}</MembersOnly>, app);
