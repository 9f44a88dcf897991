// Who changes how he signs in proves anew who he is.

import { useState } from "preact/hooks";
import { memberWords } from "../lib/member-words";
import { CodeField, Field } from "./Form";

export type ProofField = "password" | "code";
export type Proof = {
  password: string;
  code: string;
  setPassword: (value: string) => void;
  setCode: (value: string) => void;
  hasApp: boolean;
};

export const PROOF_FIELDS = { password: /^The password/, code: /code/i };

export function useProof(hasApp: boolean): Proof {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  return { password, code, setPassword, setCode, hasApp };
}

export function wrongProof({ password, code, hasApp }: Proof): Partial<Record<ProofField, string>> {
  return {
    ...(!password && { password: memberWords.fill_in.said }),
    ...(hasApp && code.length !== 6 && { code: memberWords.code_short.said }),
  };
}

export function sentProof({ password, code, hasApp }: Proof): { password: string; code?: string } {
  return hasApp ? { password, code } : { password };
}

export function ProofFields({ proof, errors, label = "Password" }: { proof: Proof; errors: Partial<Record<ProofField, string>>; label?: string }) {
  return (
    <>
      <Field label={label} type="password" value={proof.password} set={proof.setPassword} error={errors.password} autocomplete="current-password" />
      {proof.hasApp && <CodeField label="Code of your authenticator app" value={proof.code} set={proof.setCode} error={errors.code} />}
    </>
  );
}
