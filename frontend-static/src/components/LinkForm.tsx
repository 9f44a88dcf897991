// The key of an exchange account: with its secret, or of a pair that we make.

import { useEffect, useState } from "preact/hooks";
import { accountWords } from "../lib/account-words";
import type { Account, IssuedPair } from "../lib/api";
import { keyFault } from "../lib/accounts";
import { memberWords } from "../lib/member-words";
import { ask } from "../lib/session";
import { Copy } from "./Copy";
import { Moment } from "./Figures";
import { Field, FormError, Send, useSending } from "./Form";

type Fields = "apiKey" | "secret" | "pair";
type Kind = "secret" | "pair";
const EXCHANGE = "binance";
const ABOUT = { apiKey: /^The API key/, secret: /^The secret key/, pair: /key pair/ };

/** `taken` gets the account as it stands when its key has been taken. */
export function LinkForm({ name, takesBack, taken }: { name: string; takesBack: boolean; taken: (account: Account) => void }) {
  const [kind, setKind] = useState<Kind>(takesBack ? "pair" : "secret");
  const [apiKey, setApiKey] = useState("");
  return (
    <>
      <fieldset class="kinds">
        <legend class="unseen">Kind of key</legend>
        <Kinds kind="secret" chosen={kind} set={setKind} title="Key and secret" text="System-generated at Binance" />
        <Kinds kind="pair" chosen={kind} set={setKind} title="A key pair made here" text="Self-generated at Binance; the safer way" />
      </fieldset>
      {kind === "secret" ? (
        <SecretForm apiKey={apiKey} setApiKey={setApiKey} taken={taken} />
      ) : (
        <PairForm name={name} apiKey={apiKey} setApiKey={setApiKey} takesBack={takesBack} taken={taken} />
      )}
    </>
  );
}

function Kinds({ kind, chosen, set, title, text }: { kind: Kind; chosen: Kind; set: (kind: Kind) => void; title: string; text: string }) {
  return (
    <label class="kind">
      <input type="radio" name="kind" checked={kind === chosen} onChange={() => set(kind)} />
      <span>
        <strong>{title}</strong>
        <span class="quiet small">{text}</span>
      </span>
    </label>
  );
}

type FormProps = { apiKey: string; setApiKey: (value: string) => void; taken: (account: Account) => void };

function wrongKey(text: string): string {
  const fault = keyFault(text);
  if (fault === "empty") return memberWords.fill_in.said;
  if (fault === "signs") return accountWords.key_signs.said;
  return fault === "length" ? `It has ${text.length} ${accountWords.key_length.said}` : "";
}

function SecretForm({ apiKey, setApiKey, taken }: FormProps) {
  const [secret, setSecret] = useState("");
  const { busy, errors, submit, form } = useSending<Fields>(
    () => {
      const key = wrongKey(apiKey);
      const other = wrongKey(secret) || (secret === apiKey ? accountWords.key_same.said : "");
      return { ...(key && { apiKey: key }), ...(other && { secret: other }) };
    },
    async () => {
      const account = await ask<Account>("POST", "/api/me/accounts", { exchange: EXCHANGE, api_key: apiKey, secret });
      setSecret("");
      taken(account);
    },
    ABOUT,
  );
  useEffect(() => {
    const leave = () => setSecret("");
    window.addEventListener("pagehide", leave);
    return () => window.removeEventListener("pagehide", leave);
  }, []);
  return (
    <form ref={form} class="form" method="post" autocomplete="off" onSubmit={submit} noValidate>
      <FormError text={errors.form ?? ""} />
      <KeyField value={apiKey} set={setApiKey} error={errors.apiKey} />
      <Field
        label="Secret key"
        type="password"
        mono
        value={secret}
        set={(value) => setSecret(value.trim())}
        error={errors.secret}
        autocomplete="off"
        hint={accountWords.secret_once.said}
      />
      <p class="actions">
        <Send busy={busy} said="Link this account" doing="Sending …" />
      </p>
    </form>
  );
}

function KeyField({ value, set, error }: { value: string; set: (value: string) => void; error: string | undefined }) {
  return <Field label="API key" mono value={value} set={(text) => set(text.trim())} error={error} autocomplete="off" hint="64 letters and digits" />;
}

function PairForm({ name, apiKey, setApiKey, takesBack, taken }: FormProps & { name: string; takesBack: boolean }) {
  const [pair, setPair] = useState(() => keptPair(name));
  const [back, setBack] = useState(takesBack);
  const making = useSending<never>(
    () => ({}),
    async () => {
      const made = await ask<IssuedPair>("POST", "/api/me/accounts/key-pair", { exchange: EXCHANGE });
      keepPair(name, made);
      setPair(made);
    },
    {},
  );
  const { busy, errors, submit, form } = useSending<Fields>(
    () => {
      const key = wrongKey(apiKey);
      return key ? { apiKey: key } : {};
    },
    async () => {
      const sent = { exchange: EXCHANGE, api_key: apiKey, key_pair_id: pair?.key_pair_id, take_back: back };
      const account = await ask<Account>("POST", "/api/me/accounts", sent);
      taken(account);
    },
    ABOUT,
  );
  if (pair === null) {
    return (
      <form class="form" method="post" onSubmit={making.submit} noValidate>
        <p class="quiet">{accountWords.pair_what.explained}</p>
        <FormError text={making.errors.form ?? ""} />
        <p class="actions">
          <Send busy={making.busy} said="Make a key pair" doing="Making it …" />
        </p>
      </form>
    );
  }
  const another = () => {
    keepPair(name, null);
    setPair(null);
  };
  return (
    <form ref={form} class="form" method="post" autocomplete="off" onSubmit={submit} noValidate>
      <p>{accountWords.pair_register.said}</p>
      <div class="public">
        <label for="public-key">Public key, good until <Moment at={pair.expires_at} /></label>
        <textarea id="public-key" readOnly rows={3} value={pair.public_key.trim()} onFocus={(event) => event.currentTarget.select()} />
        <p class="actions">
          <Copy text={pair.public_key.trim()} of="the public key" />
          <button type="button" class="quiet-button" onClick={another}>
            Make another
          </button>
        </p>
      </div>
      <FormError text={errors.form ?? errors.pair ?? ""} />
      <KeyField value={apiKey} set={setApiKey} error={errors.apiKey} />
      <div class="option">
        <input id="take-back" type="checkbox" checked={back} aria-describedby="take-back-means" onChange={(event) => setBack(event.currentTarget.checked)} />
        <label for="take-back">{accountWords.take_back_what.said}</label>
        <p id="take-back-means" class="means">
          {accountWords.take_back_what.explained}
        </p>
      </div>
      <p class="actions">
        <Send busy={busy} said="Link this account" doing="Sending …" />
      </p>
    </form>
  );
}

// The public half is no secret: it outlives a reload, since one has to go to the exchange meanwhile.
const KEPT = "key-pair";

function keepPair(name: string, pair: IssuedPair | null): void {
  try {
    if (pair === null) sessionStorage.removeItem(KEPT);
    else sessionStorage.setItem(KEPT, JSON.stringify({ name, pair }));
  } catch {
    return;
  }
}

function keptPair(name: string): IssuedPair | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as { name: string; pair: IssuedPair } | null;
    return kept && kept.name === name && Date.parse(kept.pair.expires_at) > Date.now() ? kept.pair : null;
  } catch {
    return null;
  }
}
