import assert from "node:assert/strict";
import { symbols as hidapi } from "../ffi/hidapi/symbols.ts";
import { symbols as libusb } from "../ffi/libusb/symbols.ts";
import { takeHidapi } from "../tools/hidapi.ts";
import { buildLibusb } from "../tools/libusb.ts";
import { locked } from "../tools/native.ts";
import { array, constant, struct, u32, u32be } from "../core/common/struct.ts";

/**
 * Nothing here runs on a Mac: this test checks that its libraries contain what the bindings call.
 */

const X64 = 0x01000007, ARM64 = 0x0100000c;

/** The magic number of a file for one CPU, and of one for several. */
const MachO = struct("64-bit Mach-O file", { magic: constant(u32, 0xfeedfacf), cputype: u32 });
const Universal = struct("universal file", { magic: constant(u32be, 0xcafebabe), count: u32be });
const Architecture = struct("architecture", { cputype: u32be }, 20);

/** Returns the CPU types in a 64-bit Mach-O file, or in a universal one. */
function cpuTypes(file: Uint8Array): number[] {
  const universal = Universal.tryDecode(file);
  if (!universal) return [MachO.decode(file).cputype];
  return array(Architecture, universal.count).read(file, Universal.size)
    .map(({ cputype }) => cputype);
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
