import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { checkIntegrity } from "../tools/npm_fetch.ts";
import { MissingProgram, run } from "../tools/run.ts";
import { elfEnd } from "../tools/runtime/elf.ts";
import { withoutPayload } from "../tools/runtime/pe.ts";
import { parseTarget } from "../tools/targets.ts";

/** Returns a 64-bit ELF header; the section headers, three of 64 bytes, are the end of the file. */
function elf(e_shoff: number): Uint8Array {
  const bytes = new Uint8Array(e_shoff + 3 * 64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0x28, BigInt(e_shoff), true);
  view.setUint16(0x3a, 64, true);
  view.setUint16(0x3c, 3, true);
  return bytes;
}

Deno.test("an ELF file ends with its section headers; anything after them is a payload", () => {
  const runtime = elf(500);
  const program = new Uint8Array([...runtime, ...new Uint8Array(1000).fill(7)]);
  assert.equal(elfEnd(program), runtime.length);
  assert.equal(elfEnd(runtime), runtime.length);
});

Deno.test("a file that is not a complete 64-bit ELF file is refused", () => {
  assert.throws(() => elfEnd(new TextEncoder().encode("MZ".padEnd(100))), /not a 64-bit/);
  assert.throws(() => elfEnd(elf(500).subarray(0, 600)), /cut off/);
  assert.throws(() => elfEnd(elf(500).fill(0, 0x28, 0x30)), /cut off/);
  assert.throws(() => elfEnd(new Uint8Array()), /not a 64-bit/);
});

/** Returns a PE32+ file with two sections; the last one, at offset 0x400, is called `name`. */
function pe(name: string): Uint8Array {
  const bytes = new Uint8Array(0x500);
  bytes.set([0x4d, 0x5a]);
  const view = new DataView(bytes.buffer);
  view.setUint32(0x3c, 0x80, true);
  bytes.set([0x50, 0x45], 0x80);
  view.setUint16(0x86, 2, true); // NumberOfSections
  view.setUint16(0x94, 240, true); // SizeOfOptionalHeader
  view.setUint16(0x98, 0x20b, true); // PE32+
  view.setUint32(0x98 + 56, 0x3123, true); // SizeOfImage
  view.setUint32(0x98 + 128, 0x3000, true); // resource directory
  view.setUint32(0x98 + 132, 0x123, true);
  const last = 0x98 + 240 + 40;
  bytes.set(new TextEncoder().encode(name), last);
  view.setUint32(last + 12, 0x3000, true); // VirtualAddress
  view.setUint32(last + 20, 0x400, true); // PointerToRawData
  return bytes;
}

Deno.test("a Windows program loses its payload section and everything that refers to it", () => {
  const runtime = withoutPayload(pe(".pedata"));
  const view = new DataView(runtime.buffer);
  assert.equal(runtime.length, 0x400);
  assert.equal(view.getUint16(0x86, true), 1);
  assert.equal(view.getUint32(0x98 + 56, true), 0x3000);
  assert.equal(view.getBigUint64(0x98 + 128, true), 0n);
  assert.ok(runtime.subarray(0x98 + 240 + 40, 0x98 + 240 + 80).every((byte) => byte === 0));
});

Deno.test("a file that is not a compiled Windows program is refused", () => {
  assert.throws(() => withoutPayload(pe(".rsrc")), /last section .* is \.rsrc/);
  assert.throws(() => withoutPayload(pe(".pedata").subarray(0, 0x300)), /cut off/);
  assert.throws(() => withoutPayload(new Uint8Array()), /not a Windows executable/);
  assert.throws(() => withoutPayload(pe(".pedata").fill(0, 0x80, 0x82)), /not a Windows/);
});

Deno.test("a package other than the pinned one is refused", () => {
  const tarball = new TextEncoder().encode("tarball");
  const hash = createHash("sha512").update(tarball).digest("base64");
  const pin = { name: "x", version: "1.0.0", integrity: `sha512-${hash}` };
  checkIntegrity(pin, tarball);
  assert.throws(() => checkIntegrity(pin, tarball.slice(1)), /x@1\.0\.0 is not the pinned package/);
});

Deno.test("the error names a missing program and how to install it", async () => {
  const hint = "on Debian: apt-get install no-such-package";
  const error = await run("no-such-program", [], { hint }).catch((error) => error);
  assert.ok(error instanceof MissingProgram);
  assert.equal(error.message, `no-such-program is not installed; ${hint}`);
});

Deno.test("for an unknown target, the error lists the known ones", () => {
  assert.throws(() => parseTarget("amiga"), /linux-x64, linux-arm64, windows-x64, macos-x64/);
  assert.throws(() => parseTarget("toString"), /not a target/);
});
