// An authenticator app: its secret as a picture and as text, and its removal.

import { useEffect, useState } from "preact/hooks";
import type { AppSecret } from "../lib/api";
import { memberWords } from "../lib/member-words";
import { ask } from "../lib/session";
import { Copy } from "./Copy";
import { CodeField, FormError, Send, useSending } from "./Form";
import { PROOF_FIELDS, ProofFields, type ProofField, sentProof, useProof, wrongProof } from "./ProofFields";
import type { RowProps } from "./SignInSettings";
import { settingsWords } from "../lib/settings-words";

export function SecondFactor({ identity, done, close }: RowProps) {
  const [secret, setSecret] = useState<AppSecret | null>(null);
  const proof = useProof(identity.second_factor);
  const on = identity.second_factor;
  const { busy, errors, submit, form } = useSending<ProofField>(
    () => wrongProof(proof),
    async () => {
      if (on) {
        await ask("POST", "/api/me/second-factor/remove", sentProof(proof));
        close();
        done(settingsWords.app_off.said);
      } else setSecret(await ask<AppSecret>("POST", "/api/me/second-factor", sentProof(proof)));
    },
    PROOF_FIELDS,
  );
  if (secret) {
    const ready = () => {
      close();
      done(`${settingsWords.app_on.said} ${settingsWords.app_on.explained}`);
    };
    return <Confirm secret={secret} done={ready} />;
  }
  return (
    <form ref={form} class="form" method="post" onSubmit={submit} noValidate>
      <p class="quiet small">{settingsWords.app_what.explained}</p>
      <FormError text={errors.form ?? ""} />
      <ProofFields proof={proof} errors={errors} />
      <p class="actions">
        <Send busy={busy} said={on ? "Remove the second factor" : "Show me the secret"} doing="One moment …" />
      </p>
    </form>
  );
}

function Confirm({ secret, done }: { secret: AppSecret; done: () => void }) {
  const [code, setCode] = useState("");
  const { busy, errors, submit, form } = useSending<"code">(
    () => (code.length === 6 ? {} : { code: memberWords.code_short.said }),
    async () => {
      await ask("POST", "/api/me/second-factor/confirm", { code });
      done();
    },
    { code: /code/i },
  );
  return (
    <form ref={form} class="form app-secret" method="post" onSubmit={submit} noValidate>
      <Picture address={secret.address} />
      <div class="form">
        <p>{settingsWords.app_scan.said}</p>
        <p class="secret">
          <code>{secret.secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
          <Copy text={secret.secret} of="the secret" />
        </p>
        <p class="quiet small">
          <strong>{settingsWords.app_keep.said}</strong> {settingsWords.app_keep.explained}
        </p>
        <FormError text={errors.form ?? ""} />
        <CodeField label="Code the app shows" value={code} set={setCode} error={errors.code} autofocus />
        <p class="actions">
          <Send busy={busy} said="Switch it on" doing="Switching on …" />
        </p>
      </div>
    </form>
  );
}

/** The address as a QR code; what draws it is loaded when it is needed. */
function Picture({ address }: { address: string }) {
  const [dots, setDots] = useState<{ path: string; size: number } | null>(null);
  useEffect(() => {
    import("../lib/qr").then(
      ({ drawn }) => setDots(drawn(address)),
      () => undefined, // the secret as text is enough
    );
  }, [address]);
  return (
    <svg class="qr" viewBox={`0 0 ${dots?.size ?? 1} ${dots?.size ?? 1}`} role="img" aria-label="The secret as a QR code" shape-rendering="crispEdges">
      {dots && <path d={dots.path} />}
    </svg>
  );
}
