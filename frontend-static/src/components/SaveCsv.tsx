// Saves what a list or chart is made of as a file for spreadsheets.

import { useState } from "preact/hooks";
import { say } from "../lib/say";

export function SaveCsv({ of, save }: { of: string; save: () => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (busy) return;
    setBusy(true);
    await save().catch(() => say(`The file with ${of} could not be made just now. Try again in a moment.`));
    setBusy(false);
  };
  return (
    <button
      type="button"
      class="button small"
      aria-busy={busy}
      aria-label={`CSV: save ${of} as a file`}
      onClick={() => void press()}
    >
      CSV
    </button>
  );
}
