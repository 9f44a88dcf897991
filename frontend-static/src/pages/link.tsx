// Link an exchange account: first what we see and cannot do, then the guide, then the key.

import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { AccountState, Standing, standing } from "../components/AccountCard";
import { KeyGuide } from "../components/KeyGuide";
import { LinkForm } from "../components/LinkForm";
import { MembersOnly } from "../components/MembersOnly";
import { renewAccounts } from "../lib/accounts";
import { useAnswer } from "../lib/answer";
import type { Account, Accounts } from "../lib/api";
import { type AccountWord, accountWords } from "../lib/account-words";

const FIRST: AccountWord[] = ["link_see", "link_cannot", "link_others", "link_end"];

function LinkPage({ name }: { name: string }) {
  const [taken, setTaken] = useState<Account | null>(null);
  const takesBack = new URLSearchParams(location.search).has("take-back");
  return (
    <ol class="parts">
      <li>
        <h2>Before you give us a key</h2>
        <dl class="card first">
          {FIRST.map((each) => (
            <div key={each} class={each}>
              <dt>{accountWords[each].said}</dt>
              <dd>{accountWords[each].explained}</dd>
            </div>
          ))}
        </dl>
      </li>
      <li>
        <h2>{accountWords.guide_where.said}</h2>
        <p class="quiet">{accountWords.guide_where.explained}</p>
        <KeyGuide />
      </li>
      <li>
        <h2>The key</h2>
        <div class="card key-card">
          <LinkForm name={name} takesBack={takesBack} taken={setTaken} />
          {taken && <Progress key={taken.id} first={taken} />}
        </div>
      </li>
    </ol>
  );
}

/** How the account that was just linked gets on. */
function Progress({ first }: { first: Account }) {
  const { answer } = useAnswer<Accounts>("/api/me/accounts", renewAccounts, "member");
  const place = useRef<HTMLElement>(null);
  useEffect(() => place.current?.focus(), []);
  const account = answer?.accounts.find((each) => each.id === first.id) ?? first;
  const counts = account.state === "importing" || account.state === "live";
  const said = account.state === "checking" ? accountWords.taken : counts ? accountWords.linked : null;
  return (
    <section ref={place} class="progress" tabIndex={-1} aria-labelledby="progress-title">
      <h3 id="progress-title">
        {said?.said ?? "What to do now"} <AccountState account={account} />
      </h3>
      <p class="unseen" role="status">
        {standing(account)}
      </p>
      {said && <p>{said.explained}</p>}
      {account.state !== "checking" && <Standing account={account} />}
      {counts && (
        <p class="actions">
          <a class="button main" href="/first-day">
            See your first day
          </a>
          <a class="button" href="/accounts">
            Your accounts
          </a>
        </p>
      )}
    </section>
  );
}

const app = document.getElementById("app");
if (app) render(<MembersOnly>{(name) => <LinkPage name={name} />}</MembersOnly>, app);
