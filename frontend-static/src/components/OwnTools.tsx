// On one's own profile: hide the amounts, and look as others do.

import { addressWith, follow, useParameters } from "../lib/address";
import { HIDE_KEY, hideAmounts, useHidden, useHideKey } from "../lib/amounts";

export function OwnTools() {
  const hidden = useHidden();
  const parameters = useParameters();
  useHideKey();
  const days = { from: parameters.get("from") ?? "", to: parameters.get("to") ?? "" };
  return (
    <>
      <button
        type="button"
        class="button"
        aria-pressed={hidden}
        aria-keyshortcuts={HIDE_KEY}
        onClick={() => hideAmounts(!hidden)}
      >
        {hidden ? "Show amounts" : "Hide amounts"} <kbd aria-hidden="true">{HIDE_KEY.toUpperCase()}</kbd>
      </button>
      <a class="button" href={addressWith({ ...days, as: "visitor" })} onClick={follow}>
        As others see me
      </a>
    </>
  );
}
