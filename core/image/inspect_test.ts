import assert from "node:assert/strict";
import { architectures, architecturesIn } from "./architectures.ts";
import { isFilledWith } from "../common/bytes.ts";
import { bootloaderVersion, findDeviceDescriptors } from "./inspect.ts";
import { hasSimulationMark, simulationMark } from "./simulation_mark.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

Deno.test("findDeviceDescriptors finds the vendor's descriptors of any class, and no others", () => {
  const rest = [0, 1, 1, 2, 3, 1];
  const bootloader = [0x12, 1, 0, 2, 0, 0, 0, 0x40, 0xC5, 0x37, 0x4A, 0x92, ...rest];
  const firmware = [0x12, 1, 0, 2, 0xEF, 2, 1, 0x40, 0xC5, 0x37, 0x4A, 0x12, ...rest];
  const stranger = [0x12, 1, 0, 2, 0, 0, 0, 0x40, 0x83, 0x04, 0x11, 0xDF, ...rest];
  const bytes = Uint8Array.from([7, ...bootloader, ...stranger, 0x12, 1, ...firmware]);
  assert.deepEqual(findDeviceDescriptors(bytes), [
    { offset: 1, vendorId: 0x37C5, productId: 0x924A, deviceClass: 0 },
    { offset: 39, vendorId: 0x37C5, productId: 0x124A, deviceClass: 0xEF },
  ]);
  assert.equal(findDeviceDescriptors(bytes, 0x0483)[0].productId, 0xDF11);
  assert.deepEqual(findDeviceDescriptors(bytes.subarray(0, bytes.length - 1)).length, 1);
});

Deno.test("bootloaderVersion reads the version; an older bootloader has none", () => {
  const bytes = new Uint8Array(0x1020);
  assert.equal(bootloaderVersion(bytes), undefined);
  bytes.set([0xAD, 0x10, 0x07, 0xB0, 1, 0, 3], 0x1000);
  assert.equal(bootloaderVersion(bytes), "1.0.3");
  assert.equal(bootloaderVersion(bytes.subarray(0, 0x101F)), undefined);
});

Deno.test("names of boards: each is found alone, none as part of another", () => {
  for (const { text, boardName } of architectures) {
    const found = architecturesIn(ascii(`....${text}\0`));
    assert.deepEqual(found.map((one) => [one.boardName, one.offset]), [[boardName, 4]]);
  }
});

Deno.test("fill and simulation mark", () => {
  assert.ok(isFilledWith(new Uint8Array(3).fill(0xFF), 0xFF));
  assert.ok(!isFilledWith(Uint8Array.of(0xFF, 0xFE), 0xFF));
  assert.ok(hasSimulationMark(ascii(`x${simulationMark}`)));
  assert.ok(!hasSimulationMark(ascii("UNBRICK SIMULATION ONL")));
});
