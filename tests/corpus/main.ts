/**
 * `deno task corpus`: tries every genuine file of the collection as every image of every board, and
 * imports every release. `--write` renews docs/CORPUS.md. Exits with 1 if there is a fault.
 */
import { parseArgs } from "node:util";
import { collectionFolder, isFolder } from "../support/images/genuine_files.ts";
import { corpusPage, faultsOf } from "./document.ts";
import { runCorpus } from "./run.ts";

const { values } = parseArgs({
  options: { write: { type: "boolean" }, share: { type: "string" } },
});
const root = collectionFolder();
if (!isFolder(root)) {
  console.log(`skipped: there is no ${root} (CONTRIBUTING.md, "Genuine files")`);
  Deno.exit();
}
const result = runCorpus(root, Number(values.share ?? 100), (line) => console.log(line));
const page = corpusPage(result), faults = faultsOf(result);
console.log(page);
if (values.write) {
  const file = new URL("../../docs/CORPUS.md", import.meta.url);
  Deno.writeTextFileSync(file, page);
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", file.pathname] }).output();
}
const passed = result.judgements.length + result.imports.length - faults.length;
console.log(`${passed} passed, ${faults.length} failed`);
Deno.exit(faults.length === 0 ? 0 : 1);
