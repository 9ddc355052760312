import assert from "node:assert/strict";
import { rt1062 } from "../../../boards/openmv_rt1062/boards.ts";
import { FLASHLOADER_LOAD, regions } from "../../../boards/openmv_rt1062/memory_map.ts";
import { exitCodes } from "../../../core/common/errors.ts";
import type { GuestCase } from "../case.ts";
import { at, outcomeText, type UnbrickRun } from "../unbrick_run.ts";
import { files, FOLDER, RtCamera } from "./rt1062_camera.ts";
import { recoveryPage } from "../../support/boards/openmv_rt1062_recovery_page.ts";

/** Cases with the simulated RT1062: the executable, and Debian's tools that speak SDP. */

const ROM = "1fc90135", LOADER = "15a20073", RUNNING = "37c51060";

const CONSENT = "--allow-fuse boot-source";

function assertRestored(run: UnbrickRun, camera: RtCamera): void {
  assert.equal(run.code, 0, outcomeText(run));
  assert.equal(run.lines.at(-1)?.outcome, "proven", outcomeText(run));
  assert.deepEqual(camera.differences(), []);
  assert.equal(camera.fuse, 0x10);
}

const driverOf = "basename $(readlink /sys/bus/usb/devices/1-1:1.0/driver)";

const restores: GuestCase[] = [
  {
    name: "rt1062: usbhid holds the ROM, unbrick detaches it and gives it back",
    async run(guest) {
      const camera = await RtCamera.make(guest, { condition: "blank" });
      await camera.perform("plug");
      await camera.shows(ROM);
      await guest.until("usbhid to bind", `test "$(${driverOf})" = usbhid`);
      const ask = "unbrick sdphost -u 0x1FC9,0x0135 -- error-status";
      const held = await guest.run(
        `sleep 300 <>/dev/hidraw0 & ${ask}; code=$?; kill %1; exit $code`,
      );
      assert.notEqual(held.code, 0, held.stdout);
      assert.match(
        (held.stdout + held.stderr).replaceAll(/\s+/g, " "),
        /sleep \(process \d+\) holds the USB device 1fc9:0135 on port 1-1/,
      );
      const asked = await guest.run(ask);
      assert.equal(asked.code, 0, asked.stderr);
      assert.match(asked.stdout, /HAB disabled/);
      await guest.until("usbhid to bind again", `test "$(${driverOf})" = usbhid`);
    },
  },
  {
    name: "rt1062: a blank camera is restored, with consent for the fuse, and starts",
    async run(guest) {
      const camera = await RtCamera.make(guest, { condition: "blank" });
      assertRestored(await camera.unbrick("restore", { more: CONSENT }), camera);
      assert.equal(camera.burns, 1);
      await camera.shows(RUNNING);
      const again = await camera.unbrick("restore");
      assertRestored(again, camera);
      assert.ok(!again.lines.some(({ type }) => type === "changing"), "nothing was left to do");
    },
  },
  {
    name: "rt1062: without consent all but the fuse is done and proven, with its own exit code",
    async run(guest) {
      const camera = await RtCamera.make(guest, { condition: "blank" });
      const withheld = await camera.unbrick("restore");
      assert.equal(withheld.code, exitCodes["consent-needed"], outcomeText(withheld));
      assert.equal(withheld.lines.at(-1)?.outcome, "incomplete", outcomeText(withheld));
      assert.deepEqual(camera.differences(), []);
      assert.equal(camera.burns, 0);
      assertRestored(await camera.unbrick("restore", { more: CONSENT }), camera);
    },
  },
  {
    name: "rt1062: a bricked camera is restored at full speed, its fuse left alone",
    async run(guest) {
      const camera = await RtCamera.make(guest, { traps: { speed: "full" } });
      assertRestored(await camera.unbrick("restore"), camera);
      assert.equal(camera.burns, 0);
    },
  },
  {
    name: "rt1062: flashed through its own bootloader, without a jumper",
    async run(guest) {
      const camera = await RtCamera.make(guest, { condition: "healthy" });
      await camera.perform("plug");
      await camera.shows(RUNNING);
      const run = await camera.unbrick("flash");
      assert.equal(run.code, 0, outcomeText(run));
      const { flash } = camera.model.chip;
      const firmware = files["firmware.bin"];
      assert.deepEqual(flash.read(regions.firmware.start, firmware.length), firmware);
      await camera.shows(RUNNING);
    },
  },
];

const pulls: GuestCase[] = ["flashloader", "bootloader", "firmware"].map((step) => ({
  name: `rt1062: unplugged in the step ${step}, then a plain rerun repairs`,
  async run(guest) {
    const camera = await RtCamera.make(guest, { condition: "blank" });
    const pull = () => void camera.perform("unplug");
    const cut = await camera.unbrick("restore", { more: CONSENT, onLine: at(step, 0.3, pull) });
    assert.equal(cut.code, exitCodes.disconnected, outcomeText(cut));
    assert.notDeepEqual(camera.differences(), []);
    assert.equal(camera.burns, 0);
    assertRestored(await camera.unbrick("restore", { more: CONSENT }), camera);
    assert.equal(camera.burns, 1);
  },
}));

const rom = "unbrick sdphost -u 0x1FC9,0x0135 --", loader = "unbrick blhost -u 0x15A2,0x0073";
const documentation = recoveryPage(rom, loader, {
  sbl: files["blhost_flash_loader.bin"].length,
  firmware: files["firmware.bin"].length,
});

const commandLines: GuestCase[] = [
  {
    name: "rt1062: the documentation's lines with unbrick in front restore a blank camera",
    deadlineMs: 600_000, // the commands start the program 14 times
    async run(guest) {
      const camera = await RtCamera.make(guest, { condition: "blank" });
      await camera.perform("fit-jumper", "plug");
      await camera.shows(ROM);
      for (const line of documentation) {
        const inFolder = (words: string) => `cd ${FOLDER}/${rt1062.folder}; ${words}`;
        const done = await guest.run(inFolder(line));
        if (!line.includes("efuse")) {
          assert.equal(done.code, 0, `${line}: ${done.stdout}${done.stderr}`);
          continue;
        }
        // Without a change, the command explains itself and burns nothing; only the consent has to be added.
        assert.equal(done.code, exitCodes["consent-needed"], done.stdout + done.stderr);
        assert.equal(camera.burns, 0);
        const agreed = line.replace("blhost", `blhost ${CONSENT}`);
        const burnt = await guest.run(inFolder(agreed));
        assert.equal(burnt.code, 0, burnt.stdout + burnt.stderr);
      }
      assert.deepEqual(camera.differences(), []);
      await camera.perform("unplug", "remove-jumper", "plug");
      await camera.shows(RUNNING);
      assert.equal(camera.burns, 1);
    },
  },
];

/** Debian's tools must work with the model of the ROM. */
const judges: GuestCase[] = [
  {
    name: "rt1062: uuu loads the flashloader into the ROM and starts it",
    async run(guest) {
      const camera = await RtCamera.make(guest, { condition: "blank" });
      await camera.perform("plug");
      await camera.shows(ROM);
      const file = `${FOLDER}/${rt1062.folder}/sdphost_flash_loader.bin`;
      const run = await guest.run(`uuu SDP: boot -f ${file}`);
      assert.equal(run.code, 0, run.stdout + run.stderr);
      await camera.shows(LOADER);
      const version = await guest.run("unbrick blhost -u 0x15A2,0x0073 -- get-property 1");
      assert.match(version.stdout, /Current Version = K2\.8\.0/, version.stderr);
    },
  },
  {
    name: "rt1062: imx_usb loads the flashloader, reads it back and starts it",
    async run(guest) {
      const camera = await RtCamera.make(guest, { condition: "blank" });
      await camera.perform("plug");
      await camera.shows(ROM);
      const text = (lines: string[]) => new TextEncoder().encode(lines.join("\n") + "\n");
      await guest.machine.put(`${FOLDER}/imx_usb.conf`, text(["0x1fc9:0x0135, rt1062.conf"]));
      const memory = "hid,1024,0x910000,0x20000000,128K,0x20200000,256K";
      await guest.machine.put(`${FOLDER}/rt1062.conf`, text(["rt1062", memory]));
      const file = `${FOLDER}/${rt1062.folder}/sdphost_flash_loader.bin`;
      const run = await guest.run(`imx_usb -v -c ${FOLDER} ${file}`);
      assert.equal(run.code, 0, run.stdout + run.stderr);
      assert.match(run.stdout, new RegExp(`${FLASHLOADER_LOAD.toString(16)}`), run.stdout);
      await camera.shows(LOADER);
    },
  },
];

export const rt1062Cases: readonly GuestCase[] = [
  ...restores,
  ...pulls,
  ...commandLines,
  ...judges,
];
