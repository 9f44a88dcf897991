import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const PAGES = ["index", "trader", "how", "terms", "privacy", "404"];
const here = import.meta.dirname;

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
      input: Object.fromEntries(PAGES.map((page) => [page, resolve(here, `${page}.html`)])),
    },
  },
});
