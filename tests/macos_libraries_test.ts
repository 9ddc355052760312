import assert from "node:assert/strict";
import { symbols as hidapi } from "../ffi/hidapi/symbols.ts";
import { symbols as libusb } from "../ffi/libusb/symbols.ts";
import { takeHidapi } from "../tools/hidapi.ts";
import { buildLibusb } from "../tools/libusb.ts";
import { locked } from "../tools/native.ts";
import { checkSignature, entitlementsIn } from "../tools/macos/sign.ts";
import { type MacSignature, macSignature } from "../tools/runtime/mach_o.ts";
import { array, constant, struct, u32, u32be } from "../core/common/struct.ts";

/**
 * Nothing here runs on a Mac: this test checks that its libraries contain what the bindings call.
 */

const X64 = 0x01000007, ARM64 = 0x0100000c;

/** The magic number of a file for one CPU, and of one for several. */
const MachO = struct("64-bit Mach-O file", { magic: constant(u32, 0xfeedfacf), cputype: u32 });
const Universal = struct("universal file", { magic: constant(u32be, 0xcafebabe), count: u32be });
const Architecture = struct("architecture", {
  cputype: u32be,
  cpusubtype: u32be,
  offset: u32be,
  size: u32be,
  align: u32be,
});

/** Returns the CPU types in a 64-bit Mach-O file, or in a universal one. */
function cpuTypes(file: Uint8Array): number[] {
  const universal = Universal.tryDecode(file);
  if (!universal) return [MachO.decode(file).cputype];
  return array(Architecture, universal.count).read(file, Universal.size)
    .map(({ cputype }) => cputype);
}

/** Returns the part of a file that is for one CPU. */
function partFor(file: Uint8Array, cpu: number): Uint8Array {
  const universal = Universal.tryDecode(file);
  if (!universal) return file;
  const found = array(Architecture, universal.count).read(file, Universal.size)
    .find(({ cputype }) => cputype === cpu)!;
  return file.subarray(found.offset, found.offset + found.size);
}

function missing(file: Uint8Array, symbols: Record<string, object>): string[] {
  const text = new TextDecoder("latin1").decode(file);
  const names = Object.entries(symbols).map(([key, one]) => "name" in one ? String(one.name) : key);
  return names.filter((name) => !new RegExp(`_${name}[^a-z_]`).test(text));
}

for (const [target, cpu] of [["macos-x64", X64], ["macos-arm64", ARM64]] as const) {
  Deno.test(`the libraries for ${target} are for its processor and contain what the bindings call`, async () => {
    const usb = await Deno.readFile(await locked(() => buildLibusb(target)));
    assert.ok(cpuTypes(usb).includes(cpu));
    assert.deepEqual(missing(usb, libusb), []);
    const hid = await Deno.readFile((await locked(() => takeHidapi(target)))!);
    assert.deepEqual(cpuTypes(hid), [cpu]);
    assert.deepEqual(missing(hid, hidapi), []);
    assert.deepEqual(missing(hid, { hid_no_such_function: {} }), ["hid_no_such_function"]);
  });
}

Deno.test("macOS arm64 gets libraries with a valid signature: without one, it ends the program", async () => {
  const usb = await Deno.readFile(await locked(() => buildLibusb("macos-arm64")));
  const hid = await Deno.readFile((await locked(() => takeHidapi("macos-arm64")))!);
  for (const library of [usb, hid]) {
    const part = partFor(library, ARM64);
    assert.equal(macSignature(part)?.isAdHoc, true);
    const changed = Uint8Array.from(part);
    changed[0x5000] ^= 1;
    assert.throws(() => macSignature(changed), /page \d+ is not the signed one/);
    assert.throws(() => checkSignature(macSignature(part), "-"), /hardened runtime is off/);
  }
});

Deno.test("a release for macOS needs the hardened runtime and exactly the entitlements that Deno needs", () => {
  const folder = new URL("../tools/macos/", import.meta.url);
  const plist = Deno.readTextFileSync(new URL("entitlements.plist", folder));
  const right = { isAdHoc: true, isHardened: true, entitlements: plist };
  checkSignature(right, "-");
  checkSignature({ ...right, isAdHoc: false }, "Developer ID Application: X");
  assert.deepEqual(
    entitlementsIn(plist),
    ["allow-jit", "allow-unsigned-executable-memory", "disable-library-validation"]
      .map((name) => `com.apple.security.cs.${name}`),
  );
  const more = plist.replace("<dict>", "<dict><key>com.apple.security.cs.x</key><true/>");
  const wrong: (MacSignature | undefined)[] = [
    undefined,
    { ...right, isHardened: false },
    { ...right, isAdHoc: false },
    { ...right, entitlements: more },
    { isAdHoc: true, isHardened: true },
  ];
  for (const one of wrong) assert.throws(() => checkSignature(one, "-"));
});
