// The parts of forms: a field with its hint and its error, the button that sends, and what a form
// says as a whole. What was typed stays, whatever the answer.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../lib/api";
import type { Rule } from "../lib/rules";
import { useUnique } from "../lib/unique";
import { memberWords } from "../lib/member-words";

type FieldProps = {
  label: string;
  value: string;
  type?: "text" | "email" | "password";
  hint?: ComponentChildren;
  error?: string | undefined;
  autocomplete: string;
  inputMode?: "text" | "numeric" | "email";
  maxLength?: number;
  autofocus?: boolean;
  disabled?: boolean;
  mono?: boolean;
  set: (value: string) => void;
  left?: () => void;
};

/** A labelled field; its hint and error are told with it. */
export function Field({ label, value, type = "text", hint, error, set, left, mono, autofocus, ...rest }: FieldProps) {
  const id = useUnique();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (autofocus) input.current?.focus();
  }, []);
  const [shown, setShown] = useState(false);
  const secret = type === "password";
  return (
    <div class={`field${mono ? " mono" : ""}`}>
      <label for={id}>{label}</label>
      <div class="box">
        <input
          ref={input}
          id={id}
          {...rest}
          type={secret && shown ? "text" : type}
          value={value}
          spellcheck={false}
          autocapitalize="none"
          aria-invalid={error ? true : undefined}
          aria-describedby={[error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ") || undefined}
          onInput={(event) => set(event.currentTarget.value)}
          onBlur={left}
        />
        {secret && (
          <button type="button" class="reveal" aria-pressed={shown} aria-controls={id} onClick={() => setShown(!shown)}>
            {shown ? "Hide" : "Show"}
            <span class="unseen"> {label}</span>
          </button>
        )}
      </div>
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {hint && (
        <div class="hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  );
}

/** Rules that are ticked off while one types. */
export function Rules({ rules, typed }: { rules: Rule[]; typed: boolean }) {
  return (
    <ul class="rules">
      {rules.map(({ of, holds }) => {
        const met = typed && holds;
        return (
          <li key={of} class={met ? "met" : typed ? "unmet" : ""}>
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
              {met ? <path d="m2.500 6.500 2.500 2.500 4.500-6" /> : <circle cx="6" cy="6" r="1.700" />}
            </svg>
            {memberWords[of].said}
            {typed && <span class="unseen">{met ? ": yes" : ": not yet"}</span>}
          </li>
        );
      })}
    </ul>
  );
}

/** What the first broken rule asks for; "" when all hold. */
export function broken(rules: Rule[]): string {
  const found = rules.find((rule) => !rule.holds);
  return found ? memberWords[found.of].explained : "";
}

/** The code of a letter or an app: six digits. */
export function CodeField(props: { label: string; value: string; error?: string | undefined; hint?: ComponentChildren; autofocus?: boolean; set: (value: string) => void }) {
  const set = (value: string) => props.set(value.replace(/[^0-9]/g, "").slice(0, 6));
  return <Field {...props} set={set} mono autocomplete="one-time-code" inputMode="numeric" />;
}

export function Send({ busy, said, doing, quiet }: { busy: boolean; said: string; doing: string; quiet?: boolean }) {
  return (
    <button type="submit" class={`button${quiet ? "" : " main"}`} aria-disabled={busy}>
      {busy ? doing : said}
    </button>
  );
}

/** What went wrong with the whole form; announced. */
export function FormError({ text }: { text: string }) {
  return (
    <div role="alert" class="form-error-place">
      {text && <p class="form-error">{text}</p>}
    </div>
  );
}

export type Errors<F extends string> = Partial<Record<F | "form", string>>;

export type Sending<F extends string> = {
  busy: boolean;
  errors: Errors<F>;
  setErrors: (errors: Errors<F>) => void;
  /** Goes on the form; stops a second sending, and shows what is wrong at its field. */
  submit: (event: Event) => void;
  form: { current: HTMLFormElement | null };
};

/** Sends a form once at a time. `check` says what is wrong before anything is sent; `fields` tells
 * by the beginning of the API's sentence which field it is about. */
export function useSending<F extends string>(
  check: () => Errors<F>,
  send: () => Promise<void>,
  fields: Partial<Record<F, RegExp>>,
): Sending<F> {
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Errors<F>>({});
  const form = useRef<HTMLFormElement>(null);
  const alive = useRef(true);
  useEffect(() => () => void (alive.current = false), []);
  const wrong = (found: Errors<F>) => {
    if (!alive.current) return;
    setErrors(found);
    if (Object.keys(found).length > 0) requestAnimationFrame(() => firstWrong(form.current)?.focus());
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const found = check();
    if (Object.values(found).some(Boolean)) return wrong(found);
    setErrors({});
    setBusy(true);
    send()
      .catch((error: unknown) => wrong(errorsOf(error, fields)))
      .finally(() => alive.current && setBusy(false));
  };
  return { busy, errors, setErrors, submit, form };
}

function firstWrong(form: HTMLFormElement | null): HTMLElement | null {
  return form?.querySelector<HTMLElement>("[aria-invalid=true]") ?? null;
}

/** A problem as the errors of a form. */
export function errorsOf<F extends string>(error: unknown, fields: Partial<Record<F, RegExp>>): Errors<F> {
  const said = problemWords(error);
  for (const [field, begins] of Object.entries<RegExp | undefined>(fields)) {
    if (begins?.test(said)) return { [field]: said } as Errors<F>;
  }
  return { form: said } as Errors<F>;
}

/** A problem in a sentence. */
export function problemWords(error: unknown): string {
  const nothing = new Problem(0, "");
  if (!(error instanceof Problem)) return problemWords(nothing);
  if (error.message && error.status < 500) return error.message;
  const { said, explained } = error.status === 0 && !navigator.onLine ? memberWords.offline_form : memberWords.failed_form;
  return `${said} ${explained}`;
}
