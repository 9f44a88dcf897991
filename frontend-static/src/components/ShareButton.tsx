// Hands on a link to a trader: by the system's own sheet where there is one, else by the clipboard.

import { useState } from "preact/hooks";

const SHOWN_FOR_MS = 4_000;

export function ShareButton({ name }: { name: string }) {
  const [said, setSaid] = useState("");
  const url = `${location.origin}/s/${encodeURIComponent(name)}`;
  const share = async () => {
    try {
      if (navigator.share && matchMedia("(pointer: coarse)").matches) {
        await navigator.share({ title: `${name} – CoinMarketLeague`, url });
        return;
      }
      await navigator.clipboard.writeText(url);
      setSaid("Link copied");
    } catch (refused) {
      if (refused instanceof DOMException && refused.name === "AbortError") return;
      setSaid(url);
      return;
    }
    window.setTimeout(() => setSaid(""), SHOWN_FOR_MS);
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void share()}>Share</button>
      <span class="own shared" role="status">{said}</span>
    </>
  );
}
