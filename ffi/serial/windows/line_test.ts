import assert from "node:assert/strict";
import { emptyDcb, setLine, timeouts } from "./line.ts";

Deno.test("a DCB of Windows: 8N1, binary, any rate, both signals or none", () => {
  const dcb = emptyDcb();
  assert.equal(dcb.toHex(), "1c000000" + "00".repeat(24));
  dcb.fill(0xFF);
  setLine(dcb, { baudRate: 55_000, dtr: true, rts: true });
  assert.equal(dcb.toHex(), "1c000000d8d6000011100000ffffffffffff080000" + "ff".repeat(7));
  setLine(dcb, { baudRate: 921_600, dtr: false, rts: false });
  assert.equal(dcb.slice(0, 12).toHex(), "1c00000000100e0001000000");
});

Deno.test("a read on Windows returns what there is or waits for one byte", () => {
  assert.equal(timeouts().toHex(), "fffffffffffffffffeffffff0000000000000000");
});
