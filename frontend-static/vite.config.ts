import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const TEXTS = ["how", "terms", "privacy", "404"];
const ENTRANCE = ["sign-up", "confirm", "sign-in", "forgot", "reset"];
const OWN = ["settings", "accounts", "link", "first-day", "follows"];
const PAGES = ["index", "trader", "compare", ...TEXTS, ...ENTRANCE, ...OWN];
const here = import.meta.dirname;

// What the board and the profile share is one file: each further one is a request before the first row.
const FRAME =
  /node_modules\/preact\/|src\/lib\/(address|answer|api|format|hours|late|said|say|session|unique|words)\.|src\/components\/(ExchangeNotice|Explain|Figures|FollowButton|Notice|Refreshed)\./;

// `<!-- part: name -->` in a page stands for parts/name.html: what all pages share.
const parts: Plugin = {
  name: "parts",
  transformIndexHtml: {
    order: "pre",
    handler: (html) =>
      html.replace(/<!-- part: (\w+) -->/g, (_, name: string) =>
        readFileSync(resolve(here, "parts", `${name}.html`), "utf8").trim(),
      ),
  },
};

export default defineConfig({
  plugins: [parts],
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the policy of the site allows no data: addresses
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: { codeSplitting: { groups: [{ name: "frame", test: FRAME }] } },
      input: Object.fromEntries(PAGES.map((page) => [page, resolve(here, `${page}.html`)])),
    },
  },
});
