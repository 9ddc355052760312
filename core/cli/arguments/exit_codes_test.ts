import assert from "node:assert/strict";
import { exitCodeLines, exitCodeRows } from "./exit_codes.ts";
import { ran } from "../../../tests/support/cli/command_rig.ts";

Deno.test("the table of exit codes in docs/reference.md is the same as the program's", () => {
  const reference = Deno.readTextFileSync(new URL("../../../docs/reference.md", import.meta.url));
  const rows = [...reference.matchAll(/^\| +(\d+) \| (.*?) +\| (.*?) +\|$/gm)]
    .map(([, code, kind, meaning]) => [code, kind.replaceAll("`", "").trim(), meaning]);
  assert.deepEqual(rows, exitCodeRows().map((row) => row.map(String)));
});

Deno.test("help exit-codes lists every code, within the width of the terminal", async () => {
  const { code, out } = await ran("help exit-codes");
  assert.equal(code, 0);
  for (const [number, kind] of exitCodeRows()) {
    assert.match(out, new RegExp(`^${number} +${kind}`, "m"));
  }
  for (const line of exitCodeLines(60)) assert.ok(line.length <= 60, line);
});
