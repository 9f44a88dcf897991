// A new password with the code of the letter; then in with it.

import { useState } from "preact/hooks";
import { call } from "../lib/api";
import { memberWords } from "../lib/member-words";
import { passwordRules } from "../lib/rules";
import { forgetSession } from "../lib/session";
import { CodeField, Field, FormError, Rules, Send, broken, useSending } from "./Form";
import { SignInForm } from "./SignInForm";

type Fields = "login" | "code" | "password";

export function ResetForm({ login: known }: { login: string }) {
  const [login, setLogin] = useState(known);
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  const check = () => {
    const weak = broken(passwordRules(password, login, login));
    return {
      ...(!login.trim() && { login: memberWords.fill_in.said }),
      ...(code.length !== 6 && { code: memberWords.code_short.said }),
      ...(weak && { password: weak }),
    };
  };
  const send = async () => {
    await call("/api/session/reset", { method: "POST", body: { login: login.trim(), code, password } });
    forgetSession();
    setDone(true);
  };
  const { busy, errors, submit, form } = useSending<Fields>(check, send, { code: /^The code/, password: /^The password/ });
  if (done) {
    return (
      <>
        <p class="told" role="status">
          <strong>{memberWords.password_changed.said}</strong> {memberWords.password_changed.explained}
        </p>
        <SignInForm login={login.trim()} done={() => location.assign("/")} />
      </>
    );
  }
  return (
    <form ref={form} class="form" method="post" onSubmit={submit} noValidate>
      <FormError text={errors.form ?? ""} />
      <Field label="Name or e-mail address" value={login} set={setLogin} error={errors.login} autocomplete="username" autofocus={known === ""} />
      <CodeField label="Code of the letter" value={code} set={setCode} error={errors.code} autofocus={known !== ""} />
      <Field
        label="New password"
        type="password"
        value={password}
        set={setPassword}
        error={errors.password}
        autocomplete="new-password"
        hint={<Rules rules={passwordRules(password, login, login)} typed={password !== ""} />}
      />
      <p class="actions">
        <Send busy={busy} said="Set the new password" doing="Setting …" />
        <a href="/forgot">Send a new code</a>
      </p>
    </form>
  );
}
