// Name, address, password; then the code of the letter, and in.

import { render } from "preact";
import { useState } from "preact/hooks";
import { ConfirmForm } from "../components/ConfirmForm";
import { Field, FormError, Rules, Send, broken, useSending } from "../components/Form";
import { call } from "../lib/api";
import { memberWords } from "../lib/member-words";
import { keepingNext, nextAddress } from "../lib/next";
import { isEmail, nameRules, passwordRules } from "../lib/rules";
import { signIn } from "../lib/session";

type Fields = "name" | "email" | "password";
const AFTERWARDS = "/link";

function SignUpPage() {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [sent, setSent] = useState(false);

  const wrong = {
    name: () => broken(nameRules(name)),
    email: () => (isEmail(email) ? "" : `${memberWords.email_form.said} ${memberWords.email_form.explained}`),
    password: () => broken(passwordRules(password, name, email)),
  };
  const check = () => {
    const found = { name: wrong.name(), email: wrong.email(), password: wrong.password() };
    return Object.fromEntries(Object.entries(found).filter(([, said]) => said));
  };
  const send = async () => {
    await call("/api/session/sign-up", { method: "POST", body: { name, email: email.trim(), password } });
    history.replaceState(null, "", keepingNext(`/confirm?name=${encodeURIComponent(name)}`));
    setSent(true);
  };
  const { busy, errors, setErrors, submit, form } = useSending<Fields>(check, send, {
    name: /^The name/,
    email: /^The e-mail/,
    password: /^The password/,
  });
  const left = (field: Fields, value: string) => () => {
    if (value) setErrors({ ...errors, [field]: wrong[field]() });
  };
  const set = (field: Fields, change: (value: string) => void) => (value: string) => {
    change(value);
    if (errors[field]) setErrors({ ...errors, [field]: "" });
  };
  const confirmed = async (confirmedName: string) => {
    const asked = await signIn(confirmedName, password).catch(() => "");
    if (asked === null) location.assign(nextAddress(AFTERWARDS));
    else location.assign(keepingNext(`/sign-in?name=${encodeURIComponent(confirmedName)}`));
  };

  if (sent) {
    return (
      <>
        <p class="told" role="status">
          <strong>{memberWords.code_sent.said}</strong> {memberWords.code_sent.explained}
        </p>
        <ConfirmForm name={name} done={confirmed} />
      </>
    );
  }
  return (
    <form ref={form} class="form" method="post" onSubmit={submit} noValidate>
      <FormError text={errors.form ?? ""} />
      <Field
        label="Public name"
        value={name}
        set={set("name", setName)}
        left={left("name", name)}
        error={errors.name}
        autocomplete="username"
        maxLength={64}
        hint={
          <>
            <Rules rules={nameRules(name)} typed={name !== ""} />
            {memberWords.name_is_public.said}
          </>
        }
      />
      <Field
        label="E-mail address"
        type="email"
        inputMode="email"
        value={email}
        set={set("email", setEmail)}
        left={left("email", email)}
        error={errors.email}
        autocomplete="email"
        hint={memberWords.email_is_private.said}
      />
      <Field
        label="Password"
        type="password"
        value={password}
        set={set("password", setPassword)}
        left={left("password", password)}
        error={errors.password}
        autocomplete="new-password"
        hint={<Rules rules={passwordRules(password, name, email)} typed={password !== ""} />}
      />
      <p class="actions">
        <Send busy={busy} said="Sign up" doing="Signing up …" />
      </p>
      <p class="other-way">
        A member already? <a href={keepingNext("/sign-in")}>Sign in</a> · Got a code? <a href={keepingNext("/confirm")}>Enter it</a>
      </p>
    </form>
  );
}

const app = document.getElementById("app");
if (app) render(<SignUpPage />, app);
