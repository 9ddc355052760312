import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { elfEnd } from "../tools/denort.ts";
import { checkIntegrity } from "../tools/npm_fetch.ts";
import { MissingProgram, run } from "../tools/run.ts";
import { parseTarget } from "../tools/targets.ts";

/** A 64-bit ELF header whose section headers, three of 64 bytes, end the file. */
function elf(e_shoff: number): Uint8Array {
  const bytes = new Uint8Array(e_shoff + 3 * 64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0x28, BigInt(e_shoff), true);
  view.setUint16(0x3a, 64, true);
  view.setUint16(0x3c, 3, true);
  return bytes;
}

Deno.test("an ELF file ends with its section headers; what follows is a payload", () => {
  const runtime = elf(500);
  const program = new Uint8Array([...runtime, ...new Uint8Array(1000).fill(7)]);
  assert.equal(elfEnd(program), runtime.length);
  assert.equal(elfEnd(runtime), runtime.length);
});

Deno.test("what is no whole 64-bit ELF file is refused", () => {
  assert.throws(() => elfEnd(new TextEncoder().encode("MZ".padEnd(100))), /not a 64-bit/);
  assert.throws(() => elfEnd(elf(500).subarray(0, 600)), /cut off/);
  assert.throws(() => elfEnd(elf(500).fill(0, 0x28, 0x30)), /cut off/);
  assert.throws(() => elfEnd(new Uint8Array()), /not a 64-bit/);
});

Deno.test("a package that is not the pinned one is refused", () => {
  const tarball = new TextEncoder().encode("tarball");
  const hash = createHash("sha512").update(tarball).digest("base64");
  const pin = { name: "x", version: "1.0.0", integrity: `sha512-${hash}` };
  checkIntegrity(pin, tarball);
  assert.throws(() => checkIntegrity(pin, tarball.slice(1)), /x@1\.0\.0 is not the pinned package/);
});

Deno.test("a missing program is named, with the way to get it", async () => {
  const hint = "on Debian: apt-get install no-such-package";
  const error = await run("no-such-program", [], { hint }).catch((error) => error);
  assert.ok(error instanceof MissingProgram);
  assert.equal(error.message, `no-such-program is not installed; ${hint}`);
});

Deno.test("an unknown target is refused with those there are", () => {
  assert.throws(() => parseTarget("amiga"), /linux-x64/);
  assert.throws(() => parseTarget("toString"), /not a target/);
});
