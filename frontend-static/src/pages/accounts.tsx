// The linked exchange accounts; how they stand renews itself.

import { render } from "preact";
import { useState } from "preact/hooks";
import { AccountCard, standing } from "../components/AccountCard";
import { MembersOnly } from "../components/MembersOnly";
import { Nothing } from "../components/Notice";
import { Waiting } from "../components/Waiting";
import { accountWords } from "../lib/account-words";
import { useAnswer } from "../lib/answer";
import { renewAccounts } from "../lib/accounts";
import type { Account, Accounts } from "../lib/api";

function AccountsPage() {
  const loaded = useAnswer<Accounts>("/api/me/accounts", renewAccounts, "member");
  const [told, setTold] = useState("");
  const changed = (text: string) => {
    setTold(text);
    loaded.again();
  };
  return (
    <>
      <p class="told" role="status">
        {told}
      </p>
      <Waiting loaded={loaded} rows={5}>
        {({ accounts }) => <List accounts={accounts} changed={changed} />}
      </Waiting>
    </>
  );
}

function List({ accounts, changed }: { accounts: Account[]; changed: (told: string) => void }) {
  const linked = accounts.filter((account) => account.state !== "unlinked");
  const over = accounts.filter((account) => account.state === "unlinked");
  return (
    <>
      <p class="unseen" role="status">
        {linked.map(standing).join(", ")}
      </p>
      {linked.length > 0 ? (
        <p class="page-actions">
          <a class="button main" href="/link">
            Link another account
          </a>
          <a class="button" href="/first-day">
            Your first day
          </a>
        </p>
      ) : (
        <Nothing of={accountWords.no_accounts}>
          <a class="button main" href="/link">
            Link an exchange account
          </a>
        </Nothing>
      )}
      {linked.map((account) => (
        <AccountCard key={account.id} account={account} changed={changed} />
      ))}
      {over.length > 0 && (
        <details class="over">
          <summary>Unlinked before ({over.length})</summary>
          {over.map((account) => (
            <AccountCard key={account.id} account={account} changed={changed} />
          ))}
        </details>
      )}
    </>
  );
}

const app = document.getElementById("app");
if (app) render(<MembersOnly>{() => <AccountsPage />}</MembersOnly>, app);
