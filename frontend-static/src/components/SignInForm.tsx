// Name or address and password, then the authenticator app's code where one is asked for.

import { useState } from "preact/hooks";
import { answerChallenge, signIn } from "../lib/session";
import { memberWords } from "../lib/member-words";
import { CodeField, Field, FormError, Send, useSending } from "./Form";

type Fields = "login" | "password" | "code";
const EMPTY = memberWords.fill_in.said;

type Props = { who?: string; login?: string; done: () => void; autofocus?: boolean };

/** `who`: signs in as that name alone; `login`: what to begin with. `done` is called when it is done. */
export function SignInForm({ who, login: first = "", done, autofocus = true }: Props) {
  const [login, setLogin] = useState(who ?? first);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [challenge, setChallenge] = useState<string | null>(null);

  const check = () => {
    if (challenge !== null) return code.length === 6 ? {} : { code: memberWords.code_short.said };
    return { ...(!login.trim() && { login: EMPTY }), ...(!password && { password: EMPTY }) };
  };
  const send = async () => {
    if (challenge !== null) await answerChallenge(challenge, code);
    else {
      const asked = await signIn(login, password);
      if (asked !== null) return setChallenge(asked);
    }
    setPassword("");
    done();
  };
  const { busy, errors, submit, form } = useSending<Fields>(check, send, { code: /^The code/ });
  const back = () => {
    setChallenge(null);
    setCode("");
  };

  return (
    <form ref={form} class="form" method="post" onSubmit={submit} noValidate>
      <FormError text={errors.form ?? ""} />
      {challenge === null ? (
        <>
          {who === undefined && (
            <Field label="Name or e-mail address" value={login} set={setLogin} error={errors.login} autocomplete="username" autofocus={autofocus && !first} />
          )}
          {who !== undefined && <input type="text" class="unseen" autocomplete="username" value={who} readOnly tabIndex={-1} aria-hidden="true" />}
          <Field
            label="Password"
            type="password"
            value={password}
            set={setPassword}
            error={errors.password}
            autocomplete="current-password"
            autofocus={autofocus && (who ?? first) !== ""}
          />
        </>
      ) : (
        <CodeField label="Code of your authenticator app" value={code} set={setCode} error={errors.code} autofocus />
      )}
      <p class="actions">
        <Send busy={busy} said="Sign in" doing="Signing in …" />
        {challenge !== null && (
          <button type="button" class="quiet-button" onClick={back}>
            Back
          </button>
        )}
        {challenge === null && <a href="/forgot">Forgot your password?</a>}
      </p>
    </form>
  );
}
