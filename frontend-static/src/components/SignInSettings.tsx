// How one signs in: address, password, second factor. Each opens in its row.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Identity } from "../lib/api";
import { memberWords } from "../lib/member-words";
import { isEmail, passwordRules } from "../lib/rules";
import { ask, forgetSession, signIn } from "../lib/session";
import { settingsWords } from "../lib/settings-words";
import { useUnique } from "../lib/unique";
import { CodeField, Field, FormError, Rules, Send, broken, useSending } from "./Form";
import { PROOF_FIELDS, ProofFields, type ProofField, sentProof, useProof, wrongProof } from "./ProofFields";
import { SecondFactor } from "./SecondFactor";

type Props = { name: string; identity: Identity; changed: () => void };

export function SignInSettings({ name, identity, changed }: Props) {
  const changedPassword = new URLSearchParams(location.search).has("password");
  const [told, setTold] = useState(changedPassword ? memberWords.password_changed.said : "");
  const done = (text: string) => {
    setTold(text);
    changed();
  };
  const rest = { name, identity, done };
  return (
    <section class="card rows" aria-labelledby="sign-in-title">
      <h2 id="sign-in-title">How you sign in</h2>
      <p class="told" role="status">
        {told}
      </p>
      <div class="row">
        <div class="row-head">
          <h3>{settingsWords.name_stays.said}</h3>
          <span class="value">{name}</span>
        </div>
        <p class="quiet small">{settingsWords.name_stays.explained}</p>
      </div>
      <Row title="E-mail address" value={identity.email} action="Change">
        {(close) => <EmailForm {...rest} close={close} />}
      </Row>
      <Row title="Password" value="••••••••••" action="Change">
        {() => <PasswordForm {...rest} />}
      </Row>
      <Row title={settingsWords.app_what.said} value={identity.second_factor ? "on" : "off"} action={identity.second_factor ? "Remove" : "Set up"}>
        {(close) => <SecondFactor {...rest} close={close} />}
      </Row>
    </section>
  );
}

export type RowProps = { name: string; identity: Identity; done: (told: string) => void; close: () => void };

function Row({ title, value, action, children }: { title: string; value: string; action: string; children: (close: () => void) => ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const id = useUnique();
  return (
    <div class="row">
      <div class="row-head">
        <h3>{title}</h3>
        <span class="value">{value}</span>
        <button type="button" class="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
          {open ? "Close" : action}
          <span class="unseen">: {title}</span>
        </button>
      </div>
      <div id={id} hidden={!open} class="row-body">
        {open && children(() => setOpen(false))}
      </div>
    </div>
  );
}

function EmailForm({ identity, done, close }: RowProps) {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const [mailed, setMailed] = useState("");
  const proof = useProof(identity.second_factor);
  const ready = useSending<"email" | ProofField>(
    () => ({
      ...(!isEmail(email) && { email: `${memberWords.email_form.said} ${memberWords.email_form.explained}` }),
      ...wrongProof(proof),
    }),
    async () => {
      await ask("POST", "/api/me/email", { email: email.trim(), ...sentProof(proof) });
      setSent(true);
    },
    { email: /^The e-mail/, ...PROOF_FIELDS },
  );
  const code = useSending<"mailed">(
    () => (mailed.length === 6 ? {} : { mailed: memberWords.code_short.said }),
    async () => {
      await ask("POST", "/api/me/email/confirm", { code: mailed });
      close();
      done(`${settingsWords.email_changed.said} ${settingsWords.email_changed.explained}`);
    },
    { mailed: /code/i },
  );
  if (sent) {
    return (
      <form ref={code.form} class="form" method="post" onSubmit={code.submit} noValidate>
        <p class="told" role="status">
          <strong>{memberWords.code_sent.said}</strong> {memberWords.code_sent.explained}
        </p>
        <FormError text={code.errors.form ?? ""} />
        <CodeField label="Code of the letter" value={mailed} set={setMailed} error={code.errors.mailed} autofocus />
        <p class="actions">
          <Send busy={code.busy} said="Confirm" doing="Confirming …" />
          <button type="button" class="quiet-button" onClick={() => setSent(false)}>
            Back
          </button>
        </p>
      </form>
    );
  }
  return (
    <form ref={ready.form} class="form" method="post" onSubmit={ready.submit} noValidate>
      <FormError text={ready.errors.form ?? ""} />
      <Field label="New e-mail address" type="email" inputMode="email" value={email} set={setEmail} error={ready.errors.email} autocomplete="email" autofocus hint={settingsWords.email_changes_after_code.said} />
      <ProofFields proof={proof} errors={ready.errors} />
      <p class="actions">
        <Send busy={ready.busy} said="Send a code there" doing="Sending …" />
      </p>
    </form>
  );
}

function PasswordForm({ name, identity }: Omit<RowProps, "close">) {
  const [next, setNext] = useState("");
  const proof = useProof(identity.second_factor);
  const rules = passwordRules(next, name, identity.email);
  const { busy, errors, submit, form } = useSending<"next" | ProofField>(
    () => {
      const weak = broken(rules);
      return { ...wrongProof(proof), ...(weak && { next: weak }) };
    },
    async () => {
      await ask("POST", "/api/me/password", { new_password: next, ...sentProof(proof) });
      // all sessions have ended, this one too: begin a new one, or ask for it
      const asked = await signIn(name, next).catch(() => "");
      const after = "/settings?password=changed";
      if (asked === null) return location.assign(after);
      history.replaceState(null, "", after);
      forgetSession();
    },
    { next: /^The password has|^The password begins|^The password is your/, ...PROOF_FIELDS },
  );
  return (
    <form ref={form} class="form" method="post" onSubmit={submit} noValidate>
      <FormError text={errors.form ?? ""} />
      <input type="text" class="unseen" autocomplete="username" value={name} readOnly tabIndex={-1} aria-hidden="true" />
      <ProofFields proof={proof} errors={errors} label="Password until now" />
      <Field
        label="New password"
        type="password"
        value={next}
        set={setNext}
        error={errors.next}
        autocomplete="new-password"
        hint={<Rules rules={rules} typed={next !== ""} />}
      />
      <p class="actions">
        <Send busy={busy} said="Change the password" doing="Changing …" />
      </p>
    </form>
  );
}
