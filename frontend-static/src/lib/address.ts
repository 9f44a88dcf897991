// What is shown stands in the address: back, forward, reload and a sent link all work.

import { useEffect, useState } from "preact/hooks";

const CHANGED = "addresschange";

/** The parameters of the page's address; follows back, forward and `go`. */
export function useParameters(): URLSearchParams {
  const [query, setQuery] = useState(location.search);
  useEffect(() => {
    const read = () => setQuery(location.search);
    window.addEventListener("popstate", read);
    window.addEventListener(CHANGED, read);
    return () => {
      window.removeEventListener("popstate", read);
      window.removeEventListener(CHANGED, read);
    };
  }, []);
  return new URLSearchParams(query);
}

/** This page with other parameters; those that are "" are left out. */
export function addressWith(parameters: Record<string, string>): string {
  const kept = Object.entries(parameters).filter(([, value]) => value !== "");
  const query = new URLSearchParams(kept).toString();
  return query ? `${location.pathname}?${query}` : location.pathname;
}

/** Go to `address` of this page without loading it anew. */
export function go(address: string, how: "push" | "replace" = "push"): void {
  if (how === "push") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  window.dispatchEvent(new Event(CHANGED));
}

/** For links within the page: follow them here, unless the visitor wants a new tab. */
export function follow(event: MouseEvent): void {
  const link = event.currentTarget as HTMLAnchorElement;
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link.pathname + link.search);
}

/** An address of the API with the place in a list where to go on; "" is its start. */
export function withCursor(address: string, cursor: string): string {
  if (!cursor) return address;
  return `${address}${address.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;
}
