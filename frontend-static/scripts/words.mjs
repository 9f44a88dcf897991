// Makes src/lib/words.ts from the tables of docs/words.md.
//   node scripts/words.mjs FROM TO

import { readFileSync, writeFileSync } from "node:fs";

const [from, to] = process.argv.slice(2);
const rows = readFileSync(from, "utf8")
  .split("\n")
  .filter((line) => /^\| [a-z0-9_]+ \|/.test(line))
  .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
const keys = rows.map(([key]) => key);
const twice = keys.filter((key, place) => keys.indexOf(key) !== place);
if (twice.length) throw new Error(`${from} has these keys twice: ${twice.join(", ")}`);
const entries = rows.map(([key, said, explained]) => `  ${key}: {\n    said: ${JSON.stringify(said)},\n    explained: ${JSON.stringify(explained)},\n  },`);
writeFileSync(
  to,
  `// Made from docs/words.md by scripts/words.mjs; change it there.\n\nexport const words = {\n${entries.join("\n")}\n} as const;\n\nexport type Word = keyof typeof words;\n`,
);
