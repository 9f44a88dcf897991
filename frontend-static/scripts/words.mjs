// Makes src/lib/words.ts, member-words.ts and own-words.ts from the tables of docs/words.md: what
// stands before its heading "For members" is on every page, the rest only on those that need it.
//   node scripts/words.mjs FROM TO TO_OF_MEMBERS TO_OF_OWN

import { readFileSync, writeFileSync } from "node:fs";

const [from, ...to] = process.argv.slice(2);
const parts = readFileSync(from, "utf8").split(/^# (?:For members|One's own)$/m);
if (parts.length !== to.length) throw new Error(`${from} has ${parts.length} parts, for ${to.length} files`);

const rows = parts.map((part) =>
  part
    .split("\n")
    .filter((line) => /^\| [a-z0-9_]+ \|/.test(line))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim())),
);
const keys = rows.flat().map(([key]) => key);
const twice = keys.filter((key, place) => keys.indexOf(key) !== place);
if (twice.length) throw new Error(`${from} has these keys twice: ${twice.join(", ")}`);

const names = [["words", "Word"], ["memberWords", "MemberWord"], ["ownWords", "OwnWord"]];
rows.forEach((ofFile, place) => {
  const entries = ofFile.map(([key, said, explained]) => `  ${key}: {\n    said: ${JSON.stringify(said)},\n    explained: ${JSON.stringify(explained)},\n  },`);
  const [object, type] = names[place];
  writeFileSync(
    to[place],
    `// Made from docs/words.md by scripts/words.mjs; change it there.\n\nexport const ${object} = {\n${entries.join("\n")}\n} as const;\n\nexport type ${type} = keyof typeof ${object};\n`,
  );
});
