import { citationDefect, citations, sectionsOf } from "./checks/citations.ts";
import { filesBelow } from "./checks/tree.ts";
import { projectRoot } from "./targets.ts";

/**
 * Checks every mention of a fact sheet in the sources and documents: the file must exist in
 * docs/facts, and the section must be one of its headings. Prints each wrong one as
 * `file:line: reason` and then exits with 1.
 */

const folder = "docs/facts/";
const read = (path: string) => Deno.readTextFileSync(new URL(path, projectRoot));
/** The test of this check contains wrong citations. */
const ownTest = "tests/check_facts_test.ts";
const files = filesBelow(projectRoot).filter((path) => /\.(ts|md)$/.test(path) && path !== ownTest);
const sheets = new Map(
  files.filter((path) => path.startsWith(folder))
    .map((path) => [path.slice(folder.length), sectionsOf(read(path))]),
);

const found = files.flatMap((path) => citations(path, read(path)));
const wrong = found.flatMap((citation) => {
  const defect = citationDefect(citation, sheets);
  return defect ? [`${citation.path}:${citation.line}: ${defect}`] : [];
});
for (const line of wrong) console.log(line);
console.log(`${found.length} citations of fact sheets, ${wrong.length} wrong`);
if (wrong.length > 0) Deno.exit(1);
