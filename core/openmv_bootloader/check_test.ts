import assert from "node:assert/strict";
import { isKind } from "../common/errors.ts";
import { compareFirmware } from "./check.ts";

const h7 = { id: "openmv-h7", name: "OpenMV Cam H7" };
const arch = "OMV4 H7 1024 [H7:0123456789ABCDEF01234567]";

Deno.test("the running firmware is compared with its board and with what was written", () => {
  for (
    const written of [undefined, "5.0.0", "v5.0.0", "5.0.0-simulation", "5.1.0-rc.1", "newest"]
  ) {
    compareFirmware(h7, { arch }, "5.0.0", written);
    compareFirmware(h7, {}, "5.0.0", written);
    compareFirmware(h7, { arch: "a board of tomorrow" }, "5.0.0", written);
  }
  assert.throws(
    () => compareFirmware(h7, { arch }, "5.0.0", "4.8.1"),
    (error) => isKind(error, "verify-failed") && /itself 5\.0\.0, but 4\.8\.1/.test(error.message),
  );
  for (
    const [other, found] of [
      ["OMV4P H7 32768 SDRAM", "openmv-h7-plus"],
      ["OMV4 H7 PRO 32768 SDRAM", ""],
    ]
  ) {
    assert.throws(() => compareFirmware(h7, { arch: other }, "5.0.0"), (error) => {
      assert.ok(isKind(error, "wrong-board") && error.message.includes(other));
      assert.deepEqual(error.data, { found, board: "openmv-h7" });
      return true;
    });
  }
});
