// Runs the page's script on a small stand-in for a document and prints what it built.
// node dom.mjs SCRIPT QUERY < {"address": {"status": 200, "body": {…}}, …}
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

class Element {
  constructor(tag) {
    Object.assign(this, { tag, attributes: {}, children: [] });
  }
  setAttribute(name, value) {
    this.attributes[name] = String(value);
  }
  append(...children) {
    this.children.push(...children);
  }
  replaceChildren(...children) {
    this.children = children;
  }
  set textContent(text) {
    this.children = [text];
  }
  toJSON() {
    return [this.tag, this.attributes, this.children];
  }
}

const [script, query] = process.argv.slice(2);
const answers = JSON.parse(readFileSync(0));
const named = new Map(["title", "summary", "message", "view", "content"].map((id) => [id, new Element("div")]));
globalThis.document = {
  createElement: (tag) => new Element(tag),
  createElementNS: (_, tag) => new Element(tag),
  getElementById: (id) => named.get(id) ?? null,
};
globalThis.location = { search: query };
globalThis.setInterval = () => {};
globalThis.fetch = async (address) => {
  const { status, body } = answers[address] ?? { status: 404, body: { detail: `no answer for ${address}` } };
  return { ok: status === 200, json: async () => body };
};
await import(pathToFileURL(script));
await new Promise((resolve) => setImmediate(resolve));
console.log(JSON.stringify(Object.fromEntries(named)));
