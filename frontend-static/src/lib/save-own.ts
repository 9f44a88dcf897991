// The API's own files of what is one's own, whole: a long one comes in parts, which are put together.

import { keepFile } from "./csv";
import { askFile } from "./session";

/** Parts of one file, of 10,000 rows each. */
const MOST_PARTS = 50;

/** The file at `address` of the API, under the name it gives. Throws Problem. */
export async function saveOwn(address: string, name: string): Promise<void> {
  let next: string | null = `${address}${address.includes("?") ? "&" : "?"}format=csv`;
  let whole = "";
  let file = `${name}.csv`;
  for (let part = 0; next !== null && part < MOST_PARTS; part++) {
    const { text, headers }: { text: string; headers: Headers } = await askFile(next);
    whole += part === 0 ? text : text.slice(text.indexOf("\n") + 1);
    file = part === 0 ? (/filename="([^"]+)"/.exec(headers.get("Content-Disposition") ?? "")?.[1] ?? file) : file;
    next = /<([^>]+)>; rel="next"/.exec(headers.get("Link") ?? "")?.[1] ?? null;
  }
  keepFile(file, whole);
}
