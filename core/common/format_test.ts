import assert from "node:assert/strict";
import { byteSize, duration, hex, usbId } from "./format.ts";

Deno.test("numbers in the form that technicians read", () => {
  assert.equal(hex(0x08000000), "0x08000000");
  assert.equal(hex(0x5, 2), "0x05");
  assert.equal(usbId(0x483, 0xdf11), "0483:df11");
  assert.deepEqual([0, 10_239, 131_072, 1_677_722].map(byteSize).map(String), [
    "0 bytes",
    "10239 bytes",
    "128 KiB",
    "1.6 MiB",
  ]);
  assert.deepEqual([430, 12_200, 200_400, 119_800].map(duration).map(String), [
    "0.4 s",
    "12 s",
    "3 min 20 s",
    "2 min 0 s",
  ]);
});
