// One linked exchange account: how it stands and since when, what to do, how far its past has come in.

import { useState } from "preact/hooks";
import type { Account } from "../lib/api";
import { day } from "../lib/format";
import { type AccountWord, accountWords } from "../lib/account-words";
import { ask } from "../lib/session";
import { Moment } from "./Figures";
import { problemWords } from "./Form";

type State = Account["state"];
const WORDS: Record<State, AccountWord> = {
  checking: "account_checking",
  importing: "account_importing",
  live: "account_live",
  stale: "account_stale",
  refused: "account_refused",
  key_revoked: "account_key_revoked",
  permissions_widened: "account_permissions_widened",
  unlinked: "account_unlinked",
};
const TONES: Partial<Record<State, string>> = {
  live: "good",
  importing: "good",
  stale: "warn",
  refused: "bad",
  key_revoked: "bad",
  permissions_widened: "bad",
};
/** Reasons that end by proving whose account it is. */
const TO_TAKE_BACK = ["linked_by_another", "unlinked_lately", "not_proven"];
const NEEDS_A_KEY: readonly State[] = ["refused", "key_revoked", "permissions_widened"];

/** What a screen reader is told when it changes. */
export function standing(account: Account): string {
  return `${exchangeName(account)}: ${accountWords[WORDS[account.state]].said}`;
}

export function exchangeName({ exchange }: Account): string {
  return exchange.charAt(0).toUpperCase() + exchange.slice(1);
}

export function AccountState({ account }: { account: Account }) {
  return <span class={`state ${TONES[account.state] ?? ""}`}>{accountWords[WORDS[account.state]].said}</span>;
}

export function AccountCard({ account, changed }: { account: Account; changed: (told: string) => void }) {
  const title = `account-${account.id}`;
  const over = account.state === "unlinked";
  return (
    <article class="card account" aria-labelledby={title}>
      <div class="card-head">
        <h2 id={title}>
          {exchangeName(account)} <AccountState account={account} />
        </h2>
        <span class="quiet small">
          linked {day(account.linked_at)}
          {account.since && account.since !== account.linked_at && (
            <>
              {" · so since "}
              {day(account.since)} <Moment at={account.since} />
            </>
          )}
        </span>
      </div>
      <Standing account={account} />
      <p class="actions">
        {NEEDS_A_KEY.includes(account.state) && (
          <a class="button main" href={account.reasons.some(({ code }) => TO_TAKE_BACK.includes(code)) ? "/link?take-back" : "/link"}>
            {account.reasons.some(({ code }) => TO_TAKE_BACK.includes(code)) ? "Take it back" : "Link a key again"}
          </a>
        )}
        {!over && <Unlink account={account} done={() => changed(`${accountWords.unlinked_now.said} ${accountWords.unlinked_now.explained}`)} />}
      </p>
    </article>
  );
}

/** What it means and what to do; the same on the page where it was linked. */
export function Standing({ account }: { account: Account }) {
  const { imported, reasons } = account;
  const running = imported && imported.state !== "done";
  return (
    <div class="standing">
      <p>{accountWords[WORDS[account.state]].explained}</p>
      {reasons.map(({ code, detail }) => (
        <p key={code} class="reason">
          {detail}
        </p>
      ))}
      {running && account.state !== "checking" && (
        <div class="import">
          <label for={`import-${account.id}`}>
            The time before you joined: <b class="num">{imported.percent} %</b>
          </label>
          <progress id={`import-${account.id}`} max="100" value={imported.percent} />
          <p class="quiet small">{imported.detail}</p>
        </div>
      )}
    </div>
  );
}

function Unlink({ account, done }: { account: Account; done: () => void }) {
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const unlink = () => {
    if (busy) return;
    setBusy(true);
    setProblem("");
    ask("DELETE", `/api/me/accounts/${encodeURIComponent(account.id)}`)
      .then(done)
      .catch((error: unknown) => setProblem(problemWords(error)))
      .finally(() => setBusy(false));
  };
  if (!asked) {
    return (
      <button type="button" class="quiet-button" onClick={() => setAsked(true)}>
        Unlink<span class="unseen"> {exchangeName(account)}</span>
      </button>
    );
  }
  const { said, explained } = accountWords.unlink_what;
  return (
    <span class="sure" role="group" aria-label={said}>
      <span>
        <strong>{said}</strong> {explained}
      </span>
      <span role="alert" class="field-error">
        {problem}
      </span>
      <span class="actions">
        <button type="button" class="button danger" aria-disabled={busy} onClick={unlink}>
          {busy ? "Unlinking …" : "Unlink it"}
        </button>
        <button type="button" class="button" ref={(button) => button?.focus()} onClick={() => setAsked(false)}>
          Keep it
        </button>
      </span>
    </span>
  );
}
