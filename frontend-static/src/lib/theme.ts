// Tells drawings when the colours change. The button itself is served by public/first.js.

const THEME_CHANGED = "themechange";

/** Calls `drawn` whenever the colours change; returns how to stop. */
export function onThemeChange(drawn: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", drawn);
  window.addEventListener(THEME_CHANGED, drawn);
  return () => {
    system.removeEventListener("change", drawn);
    window.removeEventListener(THEME_CHANGED, drawn);
  };
}
