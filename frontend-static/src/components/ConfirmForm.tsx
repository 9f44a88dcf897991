// The code of the letter that proves the address.

import { useState } from "preact/hooks";
import { call } from "../lib/api";
import { memberWords } from "../lib/member-words";
import { CodeField, Field, FormError, Send, useSending } from "./Form";

type Fields = "name" | "code";

/** `name`: of whom; asked for where it is not known. `done` gets it. */
export function ConfirmForm({ name: known, done }: { name: string; done: (name: string) => void | Promise<void> }) {
  const [name, setName] = useState(known);
  const [code, setCode] = useState("");
  const [told, setTold] = useState("");
  const check = () => ({
    ...(!name.trim() && { name: memberWords.fill_in.said }),
    ...(code.length !== 6 && { code: memberWords.code_short.said }),
  });
  const send = async () => {
    setTold("");
    await call("/api/session/confirm", { method: "POST", body: { name: name.trim(), code } });
    await done(name.trim());
  };
  const { busy, errors, setErrors, submit, form } = useSending<Fields>(check, send, { code: /^The code/ });
  const again = useSending<Fields>(
    () => (name.trim() ? {} : { name: memberWords.fill_in.said }),
    async () => {
      setTold("");
      setErrors({});
      await call("/api/session/resend", { method: "POST", body: { name: name.trim() } });
      setTold(`${memberWords.code_sent_again.said} ${memberWords.code_sent_again.explained}`);
    },
    {},
  );
  return (
    <form ref={form} class="form" method="post" onSubmit={submit} noValidate>
      <FormError text={errors.form ?? again.errors.form ?? ""} />
      {known ? (
        <p class="as">
          For <b>{known}</b>
        </p>
      ) : (
        <Field label="Name you signed up with" value={name} set={setName} error={errors.name ?? again.errors.name} autocomplete="username" autofocus />
      )}
      <CodeField label="Code of the letter" value={code} set={setCode} error={errors.code} autofocus={known !== ""} hint={memberWords.code_late.said} />
      <p class="actions">
        <Send busy={busy} said="Confirm" doing="Confirming …" />
        <button type="button" class="quiet-button" aria-disabled={again.busy} onClick={again.submit}>
          Send a new code
        </button>
      </p>
      <p class="told" role="status">
        {told}
      </p>
      <p class="quiet small">
        {memberWords.code_late.explained} <a href="/sign-in">Sign in</a>
      </p>
    </form>
  );
}
