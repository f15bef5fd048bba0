// A second opinion on feature files from the official Gherkin parser: node check.mjs FOLDER…
// Every file under the folders must parse and give at least one scenario. Exit 1 on any error, 2 on wrong use.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from "@cucumber/gherkin";
import { IdGenerator } from "@cucumber/messages";

const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error("usage: node check.mjs FOLDER…");
  process.exit(2);
}

const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(".feature") && !name.includes("node_modules"))
    .map((name) => join(folder, name)),
);
files.sort();

let [pickles, faults] = [0, 0];
for (const file of files) {
  try {
    const newId = IdGenerator.incrementing();
    // The language must be the file's own: the default here is Dutch only where the first line says so.
    const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher());
    const document = { uri: file, comments: [], ...parser.parse(readFileSync(file, "utf8")) };
    const found = compile(document, file, newId);
    if (document.feature?.language !== "nl") throw new Error("the language is not nl");
    const empty = found.filter((pickle) => pickle.steps.length === 0);
    if (found.length === 0) throw new Error("no scenarios");
    if (empty.length > 0) throw new Error(`a scenario without steps: ${empty[0].name}`);
    pickles += found.length;
  } catch (error) {
    faults += 1;
    console.error(`${file}: ${error.message}`);
  }
}

console.log(`${files.length} files, ${pickles} pickles`);
process.exit(faults > 0 || files.length === 0 ? 1 : 0);
