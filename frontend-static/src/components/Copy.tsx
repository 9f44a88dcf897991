// Puts a text where it can be pasted from, and says so.

import { useState } from "preact/hooks";

const SAID_MS = 2_500;

export function Copy({ text, of }: { text: string; of: string }) {
  const [said, setSaid] = useState("");
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setSaid("Copied"),
      () => setSaid("Select it and copy it"),
    );
    window.setTimeout(() => setSaid(""), SAID_MS);
  };
  return (
    <>
      <button type="button" class="button" onClick={copy}>
        {said || "Copy"}
        <span class="unseen"> {of}</span>
      </button>
      <span class="unseen" role="status">
        {said}
      </span>
    </>
  );
}
