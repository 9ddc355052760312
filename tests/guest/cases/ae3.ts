import assert from "node:assert/strict";
import { exitCodes } from "../../../core/common/errors.ts";
import { at, outcomeText, type UnbrickRun } from "../unbrick_run.ts";
import type { GuestCase } from "../case.ts";
import { Ae3Camera } from "./ae3_camera.ts";

/**
 * Cases with the AE3 over USB/IP: its Secure Enclave behind a real /dev/ttyACM0, then its DFU
 * bootloader.
 */

function assertRestored(run: UnbrickRun, camera: Ae3Camera): void {
  assert.equal(run.code, 0, outcomeText(run));
  assert.equal(run.lines.at(-1)?.outcome, "proven", outcomeText(run));
  assert.ok(camera.holds("bootloader", "BOOT") && camera.holds("toc", "TOC"));
}

export const ae3Cases: readonly GuestCase[] = [
  {
    name: "ae3: bootloader, table and firmware, through cdc_acm at 55000 and 921600 baud",
    async run(guest) {
      const camera = await Ae3Camera.bricked(guest, { tableGone: true });
      assertRestored(await camera.unbrick("restore"), camera);
      assert.ok(camera.holds("firmware-hp", "HP") && camera.holds("romfs0", "ROMFS0"));
    },
  },
  {
    name: "ae3: a dead enclave comes back through the chip's ROM, line by line",
    async run(guest) {
      const camera = await Ae3Camera.bricked(guest, { enclaveDead: true });
      assertRestored(await camera.unbrick("restore", "--bootloader-only"), camera);
    },
  },
  {
    name: "ae3: unplugged while an old system package is renewed, then a plain rerun repairs",
    async run(guest) {
      const camera = await Ae3Camera.bricked(guest, { oldPackage: true });
      const pull = () => void camera.perform([{ id: "unplug", text: "" }]);
      // An address in the second copy of the firmware: the first copy is already complete, and starts.
      const cut = await camera.unbrick("restore", "--bootloader-only", {
        onLine: at("system-package", 0.45, pull),
      });
      assert.equal(cut.code, exitCodes.disconnected, outcomeText(cut));
      assert.ok(!camera.holdsPackage);
      assertRestored(await camera.unbrick("restore", "--bootloader-only"), camera);
      assert.ok(camera.holdsPackage);
    },
  },
  {
    name: "ae3: the documentation's lines through unbrick maintenance and app-write-mram",
    async run(guest) {
      const camera = await Ae3Camera.bricked(guest, { tableGone: true, switchOn: true });
      await camera.perform([{ id: "plug", text: "" }]);
      await guest.until("the recovery port", "test -c /dev/ttyACM0");
      const folder = `cd ${camera.folder}/OPENMV_AE3`;
      const banner = await guest.run(`${folder}; unbrick maintenance -opt sesbanner`);
      assert.equal(banner.code, 0, banner.stderr);
      const list = "bootloader.bin 0x80000000 firmware_pad.toc 0x8057E000";
      const written = await guest.run(`${folder}; unbrick app-write-mram -i "${list}"`, {
        seconds: 200,
      });
      assert.equal(written.code, 0, written.stderr);
      assert.ok(camera.holds("bootloader", "BOOT") && camera.holds("toc", "TOC"));
    },
  },
];
