import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { columnsOf } from "../../core/cli/terminal/columns.ts";

/** Screens as text files in snapshots/. `deno test -A tests/screens -- --update` renews them. */

const folder = join(dirname(fileURLToPath(import.meta.url)), "snapshots");
const isUpdate = Deno.args.includes("--update");

/** Fails if the text differs from the file. */
export function compare(name: string, text: string): void {
  const file = join(folder, `${name}.txt`);
  const lines = text.replaceAll("\x1b", "␛").split("\n").map((line) => line.trimEnd()).join("\n");
  if (isUpdate) {
    Deno.mkdirSync(folder, { recursive: true });
    return Deno.writeTextFileSync(file, lines);
  }
  assert.equal(lines, Deno.readTextFileSync(file), `${name} (-- --update writes it anew)`);
}

/** Fails if a line is wider than the window; lines that a person copies are not broken. */
export function fits(lines: readonly string[], columns: number): void {
  for (const line of lines) {
    if (!/^ {4}\S/.test(line)) assert.ok(columnsOf(line) <= columns, `${columns}: ${line}`);
  }
}
