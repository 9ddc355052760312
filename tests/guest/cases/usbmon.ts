import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Camera } from "../camera.ts";
import type { GuestCase } from "../case.ts";
import { assertSameBytes, assertSameTransfers, besideUsbmon } from "../usbmon.ts";
import { Ae3Camera } from "./ae3_camera.ts";
import { N6Camera } from "./n6_camera.ts";
import { RtCamera } from "./rt1062_camera.ts";

/** Cases in which the kernel's own account of a run is compared with the trace of the run. */

/** How many halves of transfers must at least have been compared. */
const MANY = 500;

export const usbmonCases: readonly GuestCase[] = [
  {
    name: "usbmon: the trace of an STM32 restore has the kernel's transfers, byte for byte",
    async run(guest) {
      const camera = await Camera.bricked(guest, "openmv-h7");
      const accounts = await besideUsbmon(guest, (more) => camera.unbrick("restore", { more }));
      assert.ok(assertSameTransfers(accounts) > MANY);
      const kernel = Buffer.from(accounts.kernel);
      kernel[kernel.indexOf(camera.release.bootloader.subarray(100, 200))] ^= 1;
      assert.throws(() => assertSameTransfers({ ...accounts, kernel }), /at \d+ of \d+/);
    },
  },
  {
    name: "usbmon: the trace of an N6 restore has the kernel's transfers, byte for byte",
    async run(guest) {
      const camera = await N6Camera.bricked(guest);
      const accounts = await besideUsbmon(
        guest,
        (trace) => camera.unbrick("restore", { more: `--bootloader-only ${trace}` }),
      );
      assert.ok(assertSameTransfers(accounts) > MANY);
    },
  },
  {
    name: "usbmon: the trace of an RT1062 restore has the kernel's HID reports, byte for byte",
    async run(guest) {
      const camera = await RtCamera.make(guest, { condition: "blank" });
      const more = "--allow-fuse boot-source";
      const accounts = await besideUsbmon(
        guest,
        (trace) => camera.unbrick("restore", { more: `${more} ${trace}` }),
      );
      assert.ok(assertSameTransfers(accounts) > MANY);
    },
  },
  {
    name: "usbmon: the trace of an AE3 restore has the bytes that cdc_acm moved",
    async run(guest) {
      const camera = await Ae3Camera.bricked(guest, { tableGone: true });
      const accounts = await besideUsbmon(
        guest,
        (trace) => camera.unbrick("restore", `--bootloader-only ${trace}`),
      );
      assert.ok(assertSameBytes(accounts) > 5_000);
    },
  },
];
