import assert from "node:assert/strict";
import { ran } from "../support/cli/command_rig.ts";
import { tracedRun } from "../support/trace/traced_runs.ts";

/** `trace show` on a trace of a simulated camera that refuses something. */

const path = Deno.makeTempFileSync({ suffix: ".pcapng" });
const { bytes, entries } = await tracedRun(
  "restore openmv-h7 --simulate --fast --yes --bootloader-only",
);
Deno.writeFileSync(path, bytes);

Deno.test("trace show: one line for each entry, in the terms of the protocol", async () => {
  const { code, out } = await ran(["trace", "show", path]);
  const lines = out.trimEnd().split("\n");
  assert.deepEqual([code, lines.length], [0, entries.length]);
  assert.match(out, /^ +\d+\.\d{6} {3}1\.2 {4}DNLOAD ERASE 0x08000000 {2}\(\d+\.\d ms\)$/m);
  assert.match(out, /DNLOAD block 2, \d+ bytes/);
  assert.match(out, /GETSTATUS → dfuDNBUSY, \d+ ms/);
  assert.match(out, /step-started: Write the bootloader/);
});

Deno.test("trace show: one step, what failed, and JSON", async () => {
  const step = await ran(["trace", "show", path, "--step", "bootloader", "--json"]);
  assert.ok(step.json.length > 10 && step.json.every((line) => line.step === "bootloader"));
  const errors = await ran(["trace", "show", path, "--errors", "--json"]);
  assert.ok(errors.json.length > 0 && errors.json.every((line) => line.isError));
  const all = await ran(["trace", "show", path, "--json"]);
  assert.ok(errors.json.length < step.json.length && step.json.length < all.json.length);
  const transfer = entries.find((one) => one.type === "transfer")!;
  const shown = all.json.find((line) => line.type === "transfer")!;
  assert.equal(shown.received, transfer.received.toHex());
});

Deno.test("trace show: an unknown step, and a file that is no trace", async () => {
  const unknown = await ran(["trace", "show", path, "--step", "bootlaoder"]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.error, /it has [^]*bootloader/);
  const other = Deno.makeTempFileSync();
  Deno.writeTextFileSync(other, "no trace");
  const refused = await ran(["trace", "show", other]);
  assert.equal(refused.code, 13);
  assert.match(refused.error, /not a pcapng file/);
  Deno.removeSync(other);
  assert.equal((await ran(["trace", "show", other])).code, 3);
});

addEventListener("unload", () => Deno.removeSync(path));
