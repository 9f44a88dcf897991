// Where somebody goes on who came to sign in or up from elsewhere on this site.

const HOME = "/";

/** The `next` of this page's address, where it is an address of this site. */
export function nextAddress(otherwise = HOME): string {
  const wanted = new URLSearchParams(location.search).get("next") ?? "";
  if (!wanted.startsWith("/")) return otherwise;
  const found = new URL(wanted, location.origin);
  return found.origin === location.origin ? found.pathname + found.search : otherwise;
}

/** `address`, from where one goes on to the `next` of this page. */
export function keepingNext(address: string): string {
  const next = nextAddress("");
  return next ? `${address}${address.includes("?") ? "&" : "?"}next=${encodeURIComponent(next)}` : address;
}
