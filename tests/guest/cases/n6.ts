import assert from "node:assert/strict";
import { board } from "../../../boards/openmv_n6/boards.ts";
import { exitCodes } from "../../../core/common/errors.ts";
import { OPEN_BOOTLOADER_ALTERNATES } from "../../../core/protocols/serial_boot/model/open_bootloader_descriptors.ts";
import { at, outcomeText, type UnbrickRun } from "../unbrick_run.ts";
import type { GuestCase } from "../case.ts";
import { N6Camera } from "./n6_camera.ts";

/**
 * Cases with the N6 over USB/IP: both re-enumerations with Linux' own USB stack; dfu-util checks
 * the result.
 */

const ROM = "dfu-util -d 0483:df11";

function assertRestored(run: UnbrickRun, camera: N6Camera): void {
  assert.equal(run.code, 0, outcomeText(run));
  assert.equal(run.lines.at(-1)?.outcome, "proven", outcomeText(run));
  for (const role of ["bootloader", "firmware", "romfs0"]) assert.ok(camera.holds(role), role);
  assert.equal(camera.simulated.otpBurns, 0);
}

const restores: GuestCase[] = [
  {
    name: "restore openmv-n6 through both re-enumerations, and dfu-util reads the same bytes back",
    async run(guest) {
      const camera = await N6Camera.bricked(guest);
      assertRestored(await camera.unbrick("restore"), camera);
      camera.simulated.restart("bootloader");
      await camera.appears("9206");
      const line = "dfu-util -d 37c5:9206 -a BOOTLOADER -U /tmp/n6back";
      const read = await guest.run(`rm -f /tmp/n6back; ${line} >&2`);
      assert.equal(read.code, 0, read.stderr);
      const { bytes } = await guest.run("cat /tmp/n6back");
      const image = camera.images.get("bootloader")!.bytes;
      assert.deepEqual(bytes.subarray(0, image.length), image);
    },
  },
  {
    name: "the documentation's line through unbrick STM32_Programmer_CLI restores an N6",
    async run(guest) {
      const camera = await N6Camera.bricked(guest);
      await camera.enterRom();
      const { code, said } = await camera.documentation(
        "unbrick STM32_Programmer_CLI -c port=USB1 -d OPENMV_N6/FlashLayout.tsv",
      );
      assert.equal(code, 0, said);
      assert.ok(camera.holds("bootloader"));
      assert.match(said, /read itself back, and it matches bootloader\.bin/);
    },
  },
];

/** Pulls the cable once, when a step has reached a certain share of its work. */
function pullAt(camera: N6Camera, step: string, fraction: number) {
  return at(step, fraction, () => void camera.perform([{ id: "unplug", text: "" }]));
}

const stages = ["start-openbootloader", "bootloader", "start-bootloader"];

/**
 * To unbrick, a pulled cable looks like the reset loop: it holds the camera with zeros and starts
 * again.
 */
const pulledInFirmware: GuestCase = {
  name:
    "an N6 is unplugged while its firmware is written: asked to be plugged in, and repaired at once",
  async run(guest) {
    const camera = await N6Camera.bricked(guest);
    const onLine = pullAt(camera, "firmware", 0.3);
    const run = await camera.unbrick("restore", { onLine });
    assertRestored(run, camera);
    assert.ok(run.lines.some(({ text }) => /restarts every two seconds/.test(String(text))));
  },
};

const interruptions: GuestCase[] = stages.map((step) => ({
  name: `an N6 is unplugged in the stage ${step}, then a plain rerun repairs`,
  async run(guest) {
    const camera = await N6Camera.bricked(guest);
    const cut = await camera.unbrick("restore", { onLine: pullAt(camera, step, 0.3) });
    const codes: readonly number[] = [exitCodes.disconnected, exitCodes.timeout];
    assert.ok(codes.includes(cut.code), outcomeText(cut));
    assert.notEqual(cut.lines.at(-1)?.outcome, "proven", outcomeText(cut));
    assertRestored(await camera.unbrick("restore"), camera);
  },
}));

const wrongLayouts: readonly (readonly [name: string, edit: string, said: RegExp])[] = [
  ["a ninth column", "s/bootloader.bin/bootloader.bin\\tx\\ty/", /9 columns/],
  ["the fuses", "s/0x4/0xF2/", /0xF2 is not an id/],
  ["a place outside", "s/0x0000000/0x80000/", /outside the bootloader's region/],
  ["a missing file", "s/bootloader.bin/gone.bin/", /gone\.bin/],
  ["the order", "1!G;h;$!d", /must come before/],
];

const refusals: GuestCase[] = [{
  name: "wrong flash layouts are refused with line and column, the N6 is not touched",
  async run(guest) {
    const camera = await N6Camera.bricked(guest);
    await camera.enterRom();
    const layout = `${camera.folder}/${board.folder}/FlashLayout.tsv`;
    await guest.run(`cp ${layout} /tmp/good.tsv`);
    for (const [name, edit, said] of wrongLayouts) {
      await guest.run(`sed '${edit}' /tmp/good.tsv > ${layout}`);
      const run = await camera.documentation(
        "unbrick STM32_Programmer_CLI -c port=USB1 -d OPENMV_N6/FlashLayout.tsv",
      );
      assert.equal(run.code, exitCodes["bad-image"], `${name}: ${run.said}`);
      assert.match(run.said.replaceAll(/\s+/g, " "), said, name);
      assert.match(run.said, /line \d+, column \d+/, name);
    }
    assert.equal(camera.simulated.busyMs, 0);
  },
}];

const otherTools: GuestCase[] = [
  {
    name: "dfu-util lists the ROM of the N6, sends it OpenBootloader, starts it and lists that",
    async run(guest) {
      const camera = await N6Camera.bricked(guest);
      await camera.enterRom();
      const rom = await guest.run("dfu-util -l");
      for (const name of ["@FSBL /0x01", "@RSSE_FW /0xF3", "@virtual /0xF1"]) {
        assert.ok(rom.stdout.includes(name), rom.stdout);
      }
      const fsbl = `${camera.folder}/${board.folder}/${camera.images.get("fsbl")!.name}`;
      const sent = await guest.run(`${ROM} -a 0 -D ${fsbl} 2>&1`);
      assert.equal(sent.code, 0, sent.stdout);
      await guest.run(`${ROM} -a 0 -e 2>&1`);
      await guest.until(
        "OpenBootloader in the guest",
        "dfu-util -l | grep -q @Flashlayout",
        30_000,
      );
      const { stdout } = await guest.run("dfu-util -v -l");
      OPEN_BOOTLOADER_ALTERNATES.forEach((name, alternate) => {
        assert.match(stdout, new RegExp(`alt=${alternate}, name="${name.replace("*", "\\*")}"`));
      });
    },
  },
  {
    name: "dfu-util reads OpenBootloader of the N6 without end, as it does the real one",
    async run(guest) {
      const camera = await N6Camera.bricked(guest);
      await camera.enterRom();
      const { name } = camera.images.get("fsbl")!;
      await guest.run(`${ROM} -a 0 -D ${camera.folder}/${board.folder}/${name} 2>&1`);
      await guest.run(`${ROM} -a 0 -e 2>&1`);
      await guest.until(
        "OpenBootloader in the guest",
        "dfu-util -l | grep -q @Flashlayout",
        30_000,
      );
      const read = await guest.run(
        `rm -f /tmp/phase; timeout 5 ${ROM} -a 3 -Z 512 -U /tmp/phase >/dev/null 2>&1; stat -c %s /tmp/phase`,
      );
      assert.ok(Number(read.stdout) > 4096, read.stdout);
      const head = await guest.run("head -c 5 /tmp/phase");
      assert.deepEqual([...head.bytes], [0x00, 0x00, 0xFC, 0x1F, 0x34]);
      // OpenBootloader is no longer in its first phase: unbrick sees that it is not fresh and asks for
      // the power to be cut.
      assertRestored(await camera.unbrick("restore"), camera);
    },
  },
];

/** Two stages, each with its own enumeration, on an emulated processor. */
const DEADLINE_MS = 300_000;

export const n6Cases: readonly GuestCase[] = [
  ...restores,
  ...interruptions,
  pulledInFirmware,
  ...refusals,
  ...otherTools,
].map((one) => ({ ...one, deadlineMs: DEADLINE_MS }));
