import assert from "node:assert/strict";
import { refuseEmpty } from "./check.ts";
import { architecturesIn } from "./architectures.ts";
import { bootloaderVersion, findDeviceDescriptors } from "./inspect.ts";
import { loadImage, unpack } from "./load.ts";
import { sha256 } from "../common/sha256.ts";
import { sampleRomfs, sampleStm32Bootloader, sampleStm32Firmware } from "./sample.ts";
import { hasSimulationMark } from "./simulation_mark.ts";
import { VectorTable } from "../common/vector_table.ts";

const f427 = { ramBase: 0x10000000, ramSize: 0x10000, flashBase: 0x08000000 };
const h743 = { ramBase: 0x20000000, ramSize: 0x20000, flashBase: 0x08040000 };
const bootloader = (simulationOnly: boolean, usbProductId = 0x9202) =>
  sampleStm32Bootloader({ ...f427, usbProductId, size: 30_000, version: "1.0.3", simulationOnly });
const firmware = (simulationOnly: boolean) =>
  sampleStm32Firmware({
    ...h743,
    archString: "OMV4 H7 1024",
    usbProductId: 0x1204,
    size: 200_000,
    version: "5.0.0",
    simulationOnly,
  });

Deno.test("a sample bootloader has everything that is checked (dfu-dfuse.md E3, openmv-boards.md 2.1)", () => {
  const bytes = bootloader(false);
  assert.equal(bytes.length, 30_000);
  const { initialStackPointer, resetVector } = VectorTable.decode(bytes);
  assert.equal(initialStackPointer, 0x10010000);
  assert.equal(resetVector & 1, 1);
  assert.ok(resetVector > f427.flashBase && resetVector < f427.flashBase + bytes.length);
  assert.equal(bootloaderVersion(bytes), "1.0.3");
  assert.deepEqual(bytes.subarray(0x1000, 0x1004), Uint8Array.of(0xAD, 0x10, 0x07, 0xB0));
  const found = findDeviceDescriptors(bytes);
  assert.deepEqual(found.map(({ productId, deviceClass }) => [productId, deviceClass]), [
    [0x9202, 0],
  ]);
  assert.equal(
    bytes.subarray(found[0].offset, found[0].offset + 12).toHex(),
    "1201000200000040c5370292",
  );
  assert.equal(unpack(bytes, "bootloader.bin").address, undefined);
});

Deno.test("a sample firmware has its architecture string once, and its run-time product id", () => {
  const bytes = firmware(false);
  assert.equal(VectorTable.decode(bytes).initialStackPointer, 0x20020000);
  assert.equal(VectorTable.decode(bytes).resetVector >>> 16, 0x0804);
  assert.deepEqual(architecturesIn(bytes).map(({ boardId }) => boardId), ["openmv-h7"]);
  assert.deepEqual(findDeviceDescriptors(bytes).map(({ productId }) => productId), [0x1204]);
});

Deno.test("only a simulation-only sample has the mark; nothing else differs", () => {
  for (const make of [bootloader, firmware]) {
    const [marked, plain] = [make(true), make(false)];
    assert.ok(hasSimulationMark(marked) && !hasSimulationMark(plain));
    const differences = marked.reduce((sum, byte, i) => sum + (byte === plain[i] ? 0 : 1), 0);
    assert.ok(differences <= 23 && differences > 0);
  }
  assert.ok(
    loadImage(bootloader(true), { role: "bootloader", name: "a.bin", source: "." }).simulationOnly,
  );
});

Deno.test("samples are deterministic, differ between boards, and no two blocks are equal", () => {
  assert.equal(sha256(bootloader(true)), sha256(bootloader(true)));
  assert.notEqual(sha256(bootloader(true)), sha256(bootloader(true, 0x9203)));
  const bytes = firmware(true);
  const blocks = new Set<string>();
  for (let at = 0; at < bytes.length; at += 2048) blocks.add(sha256(bytes.slice(at, at + 2048)));
  assert.equal(blocks.size, Math.ceil(bytes.length / 2048));
});

Deno.test("a sample ROMFS begins with the magic and its length", () => {
  const options = { size: 40_001, seed: "OPENMV4", version: "5.0.0", simulationOnly: true };
  const bytes = sampleRomfs(options);
  assert.deepEqual(bytes.subarray(0, 3), Uint8Array.of(0xD2, 0xCD, 0x31));
  assert.ok(hasSimulationMark(bytes));
  assert.equal((bytes[3] & 0x7F) << 14 | (bytes[4] & 0x7F) << 7 | bytes[5], 40_001 - 6);
  refuseEmpty(loadImage(bytes, { role: "romfs0", name: "romfs0.img", source: "." }));
});
