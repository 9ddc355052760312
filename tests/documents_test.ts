import assert from "node:assert/strict";
import { filesBelow } from "../tools/checks/tree.ts";
import { projectRoot } from "../tools/targets.ts";

/**
 * Checks that what the documents name exists. Fact sheets also name files of other projects and are
 * skipped.
 */

const files = filesBelow(projectRoot);
const documents = files.filter((path) => path.endsWith(".md") && !path.startsWith("docs/facts/"));
const read = (path: string) => Deno.readTextFileSync(new URL(path, projectRoot));
const exists = (path: string) => files.some((file) => file === path || file.startsWith(path));

/** Returns the anchors of a document's headings, as GitHub makes them. */
function anchors(path: string): string[] {
  return [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}

Deno.test("paths that the documents name exist", () => {
  const history = new Set(["CHANGELOG.md", "THIRD_PARTY.md"]);
  const missing = documents.filter((path) => !history.has(path)).flatMap((document) =>
    [...read(document).matchAll(/`((?:core|boards|ffi|tests|tools|docs|images)\/[\w./-]*)`/g)]
      .filter(([, path]) => !exists(path))
      .map(([, path]) => `${document}: ${path}`)
  );
  assert.deepEqual(missing, []);
});

Deno.test("links in the documents are not broken", () => {
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)]
      .filter(([, path, anchor]) => {
        const target = decodeURIComponent(new URL(path, `file:///${document}`).pathname.slice(1));
        return !exists(target) || (anchor !== undefined && !anchors(target).includes(anchor));
      })
      .map(([link]) => `${document}: ${link}`)
  );
  assert.deepEqual(broken, []);
});
