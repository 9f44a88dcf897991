// A code for a new password.

import { render } from "preact";
import { useState } from "preact/hooks";
import { Field, FormError, Send, useSending } from "../components/Form";
import { ResetForm } from "../components/ResetForm";
import { call } from "../lib/api";
import { memberWords } from "../lib/member-words";

function ForgotPage() {
  const [login, setLogin] = useState("");
  const [sent, setSent] = useState(false);
  const { busy, errors, submit, form } = useSending<"login">(
    () => (login.trim() ? {} : { login: memberWords.fill_in.said }),
    async () => {
      await call("/api/session/forgot", { method: "POST", body: { login: login.trim() } });
      // an e-mail address has no place in an address that others may see
      const name = login.includes("@") ? "" : `?login=${encodeURIComponent(login.trim())}`;
      history.replaceState(null, "", `/reset${name}`);
      setSent(true);
    },
    {},
  );
  if (sent) {
    return (
      <>
        <p class="told" role="status">
          <strong>{memberWords.code_sent.said}</strong> {memberWords.code_sent.explained}
        </p>
        <ResetForm login={login.trim()} />
      </>
    );
  }
  return (
    <form ref={form} class="form" method="post" onSubmit={submit} noValidate>
      <FormError text={errors.form ?? ""} />
      <Field label="Name or e-mail address" value={login} set={setLogin} error={errors.login} autocomplete="username" autofocus hint={memberWords.forgot_lead.said} />
      <p class="actions">
        <Send busy={busy} said="Send me a code" doing="Sending …" />
        <a href="/reset">I have a code</a>
      </p>
    </form>
  );
}

const app = document.getElementById("app");
if (app) render(<ForgotPage />, app);
