// Delete one's account: what goes and what stays, before and after.

import { useState } from "preact/hooks";
import type { Left } from "../lib/api";
import { type SettingsWord, settingsWords } from "../lib/settings-words";
import { ask, forgetSession } from "../lib/session";
import { FormError, useSending } from "./Form";
import { PROOF_FIELDS, ProofFields, type ProofField, sentProof, useProof, wrongProof } from "./ProofFields";

const REMOVED = ["name", "identity", "keys", "follows", "profile", "secret"] as const;
const STAYS = ["number", "values", "uid"] as const;

/** `left` gets what the API says is gone and what stays. */
export function LeaveLeague({ hasApp, left }: { hasApp: boolean; left: (answer: Left) => void }) {
  const [open, setOpen] = useState(false);
  const proof = useProof(hasApp);
  const { busy, errors, submit, form } = useSending<ProofField>(
    () => wrongProof(proof),
    async () => {
      const answer = await ask<Left>("DELETE", "/api/me", sentProof(proof));
      left(answer);
      forgetSession();
    },
    PROOF_FIELDS,
  );
  return (
    <section class="card" aria-labelledby="leave-title">
      <div class="card-head">
        <h2 id="leave-title">Delete my account</h2>
        <button type="button" class="button" aria-expanded={open} aria-controls="leave" onClick={() => setOpen(!open)}>
          {open ? "Keep it" : "What that means"}
        </button>
      </div>
      <div id="leave" hidden={!open}>
        {open && (
          <>
            <WhatGoes removed={REMOVED.map((each) => said(`leave_removed_${each}`))} stays={STAYS.map((each) => said(`leave_stays_${each}`))} />
            <form ref={form} class="form narrow" method="post" onSubmit={submit} noValidate>
              <FormError text={errors.form ?? ""} />
              <ProofFields proof={proof} errors={errors} />
              <p class="actions">
                <button type="submit" class="button danger" aria-disabled={busy}>
                  {busy ? "Deleting …" : "Delete my account for ever"}
                </button>
                <span class="quiet">{settingsWords.leave_sure.said}</span>
              </p>
            </form>
          </>
        )}
      </div>
    </section>
  );
}

export function WhatGoes({ removed, stays }: Left) {
  return (
    <div class="what-goes">
      <List title="What goes" rows={removed} />
      <List title="What stays" rows={stays} />
    </div>
  );
}

function List({ title, rows }: { title: string; rows: string[] }) {
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {rows.map((row) => (
          <li key={row}>{row}</li>
        ))}
      </ul>
    </div>
  );
}

function said(key: SettingsWord): string {
  return settingsWords[key].explained;
}
