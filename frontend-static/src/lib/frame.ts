// What every page has around its content: colours and the introduction.

const THEME_CHANGED = "themechange";

/** Make the buttons of the page's frame work. */
export function startFrame(): void {
  const theme = document.getElementById("theme");
  theme?.addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset["theme"] = next;
    remember("theme", next);
    window.dispatchEvent(new Event(THEME_CHANGED));
  });
  document.getElementById("welcomed")?.addEventListener("click", () => {
    document.documentElement.dataset["welcomed"] = "";
    remember("welcomed", "yes");
    document.getElementById("content")?.focus();
  });
}

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

function isDark(): boolean {
  const chosen = document.documentElement.dataset["theme"];
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing: it holds for this page.
  }
}
