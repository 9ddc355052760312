import assert from "node:assert/strict";
import { ran } from "../../../tests/support/cli/command_rig.ts";
import { namedTools } from "./named_tools.ts";
import { vendorTools } from "./tools.ts";

/** The table of the vendors' tools: each tool accepts what its help says. */

/**
 * Returns the options that a help text lists: at the start of a line, several spellings with
 * commas.
 */
function listed(help: string): string[] {
  return help.split("\n").flatMap((line) => {
    const [, names] = /^ {2,}(-\S.*?)(?: {2,}|$)/.exec(line) ?? [];
    return names?.split(/,? /).filter((word) => word.startsWith("-")) ?? [];
  }).map((name) => name.replace(/,$/, ""));
}

Deno.test("help TOOL and TOOL --help list its own options, all of them and no others", async () => {
  for (const { name, help, options } of vendorTools) {
    for (const line of [`help ${name}`, `${name} --help`, `--lang zh help ${name}`]) {
      const { code, out } = await ran(line);
      assert.deepEqual([code, out], [0, help], line);
    }
    const names = options.flatMap(({ names }) => names);
    assert.deepEqual(listed(help).filter((one) => !names.includes(one)), [], name);
    // Options that are only refused, with the reason, need not be listed.
    const silent = options.filter(({ names }) => !names.some((one) => listed(help).includes(one)));
    assert.deepEqual(silent.map(({ names }) => names[0]), refused[name] ?? [], name);
  }
});

/** The vendor's options that are recognised only to say why they are not offered. */
const refused: Readonly<Record<string, readonly string[]>> = {
  "sdphost": ["--port"],
  "blhost": ["--port"],
  "updateSystemPackage": ["--no-authentication"],
  "app-write-mram": ["--erase", "--auth-token", "--skip"],
};

Deno.test("for an unknown option of a tool, the error names the nearest one", async () => {
  for (const { name, options } of vendorTools) {
    for (const { names } of options) {
      const long = names.find((one) => one.startsWith("--") && one.length > 6);
      if (!long) continue;
      const { code, error } = await ran([name, `${long}x`]);
      assert.ok(code === 2 || code === 64, `${name} ${long}x: ${code}`);
      assert.match(error, new RegExp(`no option ${long}x\\.\\s+Did you mean[^?]*${long}`));
      assert.match(error, new RegExp(`unbrick ${name} --help`));
    }
  }
});

Deno.test("the list of commands names every tool", () => {
  assert.deepEqual(namedTools.map(({ name }) => name), vendorTools.map(({ name }) => name));
});
