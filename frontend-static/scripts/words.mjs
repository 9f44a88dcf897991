// Makes the files named below in a folder from the tables of docs/words.md, one for each of its headings of the first level: a page carries what it says.
//   node scripts/words.mjs FROM FOLDER

import { readFileSync, writeFileSync } from "node:fs";

const FILES = [
  ["words", "words", "Word"],
  ["member-words", "memberWords", "MemberWord"],
  ["settings-words", "settingsWords", "SettingsWord"],
  ["account-words", "accountWords", "AccountWord"],
  ["own-words", "ownWords", "OwnWord"],
  ["compare-words", "compareWords", "CompareWord"],
];
const [from, folder] = process.argv.slice(2);
const parts = readFileSync(from, "utf8").split(/^# /m).slice(1);
if (parts.length !== FILES.length) throw new Error(`${from} has ${parts.length} parts, for ${FILES.length} files`);

const rows = parts.map((part) =>
  part
    .split("\n")
    .filter((line) => /^\| [a-z0-9_]+ \|/.test(line))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim())),
);
const keys = rows.flat().map(([key]) => key);
const twice = keys.filter((key, place) => keys.indexOf(key) !== place);
if (twice.length) throw new Error(`${from} has these keys twice: ${twice.join(", ")}`);

rows.forEach((ofFile, place) => {
  const entries = ofFile.map(([key, said, explained]) => `  ${key}: {\n    said: ${JSON.stringify(said)},\n    explained: ${JSON.stringify(explained)},\n  },`);
  const [file, object, type] = FILES[place];
  writeFileSync(
    `${folder}/${file}.ts`,
    `// Made from docs/words.md by scripts/words.mjs; change it there.\n\nexport const ${object} = {\n${entries.join("\n")}\n} as const;\n\nexport type ${type} = keyof typeof ${object};\n`,
  );
});
