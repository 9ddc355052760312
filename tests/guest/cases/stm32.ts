import assert from "node:assert/strict";
import { boards } from "../../../boards/openmv_stm32/boards.ts";
import { FLASH_BASE } from "../../../boards/openmv_stm32/chips.ts";
import { exitCodes } from "../../../core/common/errors.ts";
import { partitionNamed } from "../../../core/openmv_bootloader/partition.ts";
import { Camera } from "../camera.ts";
import type { GuestCase } from "../case.ts";
import type { Guest } from "../guest.ts";
import { at, type Line, outcomeText, type UnbrickRun } from "../unbrick_run.ts";

/**
 * Cases in which the executable restores STM32 cameras; dfu-util, the flash and the exit code are
 * checked.
 */

const ROM = "dfu-util -d ,0483:df11 -a 0";

function assertRestored(run: UnbrickRun, camera: Camera): void {
  assert.equal(run.code, 0, outcomeText(run));
  assert.equal(run.lines.at(-1)?.outcome, "proven", outcomeText(run));
  assert.deepEqual(camera.differences(), []);
}

/** Returns what dfu-util reads from the ROM. */
async function readBack(guest: Guest, address: number, length: number): Promise<Uint8Array> {
  const range = `0x${address.toString(16)}:${length}`;
  const read = await guest.run(`rm -f /tmp/back; ${ROM} -s ${range} -U /tmp/back >&2`);
  assert.equal(read.code, 0, read.stderr);
  return (await guest.run("cat /tmp/back")).bytes;
}

const restores: GuestCase[] = boards.map((board) => ({
  name: `restore ${board.id}, and dfu-util reads the same bytes back`,
  async run(guest) {
    const camera = await Camera.bricked(guest, board.id);
    assertRestored(await camera.unbrick("restore"), camera);
    await camera.enterRom();
    const { bootloader, firmware } = camera.release;
    assert.deepEqual(await readBack(guest, FLASH_BASE, bootloader.length), bootloader);
    const { start } = partitionNamed(board.partitions, "FIRMWARE");
    assert.deepEqual(await readBack(guest, start, firmware.length), firmware);
  },
}));

const writtenByOthers: GuestCase[] = [
  {
    name: "dfu-util writes an M7 and unbrick verify agrees; a changed image is told",
    async run(guest) {
      const camera = await Camera.bricked(guest, "openmv-m7");
      await camera.enterRom();
      const folder = `${camera.images}/OPENMV3`;
      const { start } = partitionNamed(camera.board.partitions, "FIRMWARE");
      for (const [file, address] of [["bootloader.bin", FLASH_BASE], ["firmware.bin", start]]) {
        const written = await guest.run(`${ROM} -s ${address} -D ${folder}/${file}`);
        assert.equal(written.code, 0, written.stderr);
      }
      await guest.run(`rm ${folder}/romfs0.img`);
      const agrees = await camera.unbrick("verify");
      assert.equal(agrees.code, 0, outcomeText(agrees));
      const changed = camera.release.firmware.slice();
      changed[changed.length - 1] ^= 1;
      await guest.machine.put(`${folder}/firmware.bin`, changed);
      const differs = await camera.unbrick("verify");
      assert.equal(differs.code, exitCodes["verify-failed"], outcomeText(differs));
    },
  },
  {
    name: "the documentation's line through unbrick dfu-util waits for the ROM and writes it",
    async run(guest) {
      const camera = await Camera.bricked(guest, "openmv-h7");
      const { bootloader, folder } = camera.release;
      const line = "unbrick dfu-util -w -d ,0483:df11 -a 0 -s 0x08000000 -D bootloader.bin";
      let entering: Promise<void> | undefined;
      const outcome = await guest.start(`cd ${camera.images}/${folder}; ${line} 2>&1`, () => {
        entering ??= camera.enterRom();
      });
      await entering;
      assert.equal(outcome.code, 0, outcome.stderr);
      assert.deepEqual(camera.simulated.memory("flash").slice(0, bootloader.length), bootloader);
    },
  },
];

const pulls: GuestCase[] = ["bootloader", "firmware"].map((step) => ({
  name: `unplugged while the ${step} is written, then a plain rerun repairs`,
  async run(guest) {
    const camera = await Camera.bricked(guest, "openmv-m7");
    const pull = () => void camera.perform([{ id: "unplug", text: "" }]);
    const cut = await camera.unbrick("restore", { onLine: at(step, 0.2, pull) });
    assert.equal(cut.code, exitCodes.disconnected, outcomeText(cut));
    assert.equal(cut.lines.at(-1)?.outcome, "partly-written", outcomeText(cut));
    assert.notDeepEqual(camera.differences(), []);
    assertRestored(await camera.unbrick("restore"), camera);
  },
}));

const signals: GuestCase[] = ["INT", "KILL"].map((signal) => ({
  name: `SIG${signal} while the bootloader is written, then a plain rerun repairs`,
  async run(guest) {
    const camera = await Camera.bricked(guest, "openmv-m7");
    const kill = () => void guest.run(`kill -${signal} $(pidof unbrick)`);
    const cut = await camera.unbrick("restore", { onLine: at("bootloader", 0.1, kill) });
    if (signal === "INT") {
      assert.equal(cut.code, exitCodes.cancelled, outcomeText(cut));
      assert.equal(cut.lines.at(-1)?.outcome, "partly-written", outcomeText(cut));
    } else assert.notEqual(cut.code, 0);
    assert.notDeepEqual(camera.differences(), []);
    assertRestored(await camera.unbrick("restore"), camera);
  },
}));

/** The id in the ROM of an M7 does not prove which camera it is, so only its port tells. */
const moves: GuestCase[] = [
  {
    name: "a camera that is plugged in at another port is not used; back at its own it is restored",
    async run(guest) {
      const camera = await Camera.bricked(guest, "openmv-m7");
      const socket = guest.bus.socket("1-1");
      const asks: Line[] = [];
      const mistakes: string[] = [];
      const run = await camera.unbrick("restore", {
        onLine(line) {
          if (line.type === "hardware" && asks.push(line) === 2) socket.moveTo("1-4");
          if (!line.mistake || mistakes.push(String(line.mistake)) !== 1) return;
          void camera.perform([{ id: "unplug", text: "" }]).then(() => {
            socket.moveTo("1-1");
            return camera.perform([{ id: "plug", text: "" }]);
          });
        },
      });
      assertRestored(run, camera);
      assert.match(mistakes[0], /appeared on port 1-4, but this run uses port 1-1/);
    },
  },
];

const refusals: GuestCase[] = [
  {
    name: "an image of another camera is refused before anything is written",
    async run(guest) {
      const camera = await Camera.bricked(guest, "openmv-m7");
      const other = await Camera.bricked(guest, "openmv-h7", "1-2");
      await guest.machine.put(
        `${camera.images}/OPENMV3/bootloader.bin`,
        other.release.bootloader,
      );
      await camera.enterRom();
      const before = camera.simulated.memory("flash");
      const run = await camera.unbrick("restore");
      const codes: readonly number[] = [exitCodes["wrong-board"], exitCodes["bad-image"]];
      assert.ok(codes.includes(run.code), outcomeText(run));
      assert.deepEqual(camera.simulated.memory("flash"), before);
    },
  },
  {
    name: "a simulation-only image never reaches a real camera",
    async run(guest) {
      const camera = await Camera.bricked(guest, "openmv-h7");
      await camera.enterRom();
      const before = camera.simulated.memory("flash");
      const { code } = await guest.run("unbrick restore openmv-h7 --yes");
      assert.notEqual(code, 0);
      assert.deepEqual(camera.simulated.memory("flash"), before);
    },
  },
  {
    name: "an ordinary user gets the udev rule, and with its effect can work",
    async run(guest) {
      const camera = await Camera.bricked(guest, "openmv-h7");
      await camera.enterRom();
      const asUser = { user: "technician" } as const;
      const line = `unbrick restore openmv-h7 --yes --bootloader-only --images ${camera.images}`;
      const refused = await guest.run(`${line} --timeout 5`, asUser);
      assert.equal(refused.code, exitCodes.permission, refused.stdout + refused.stderr);
      const said = refused.stdout + refused.stderr;
      assert.match(said, /60-unbrick\.rules/);
      assert.match(said, /idVendor\}=="0483"/);
      await guest.run("chmod 666 /dev/bus/usb/001/*");
      const read = await guest.run(`${ROM} -s 0x08000000:64 -U /tmp/mine`, asUser);
      assert.equal(read.code, 0, read.stderr);
      const devices = await guest.run("unbrick devices --json", asUser);
      assert.match(devices.stdout, /"mode":"rom"/);
    },
  },
];

const pairs: GuestCase[] = [
  {
    name: "two cameras in their ROM and no choice: refused, nothing written",
    async run(guest) {
      const cameras = [
        await Camera.bricked(guest, "openmv-h7", "1-1"),
        await Camera.bricked(guest, "openmv-h7", "1-2"),
      ];
      for (const camera of cameras) await camera.enterRom();
      const before = cameras.map((camera) => camera.simulated.memory("flash"));
      const run = await cameras[0].unbrick("restore");
      assert.equal(run.code, exitCodes["consent-needed"], outcomeText(run));
      assert.deepEqual(cameras.map((camera) => camera.simulated.memory("flash")), before);
    },
  },
  {
    name: "two cameras at once on two ports: each gets its own images",
    async run(guest) {
      const cameras = [
        await Camera.bricked(guest, "openmv-h7", "1-1", { uid: "2d003a000b51333835333231" }),
        await Camera.bricked(guest, "openmv-h7-plus", "1-2", { uid: "31001f000d51333835333232" }),
      ];
      for (const camera of cameras) await camera.enterRom();
      const runs = await Promise.all(
        cameras.map((camera) => camera.unbrick("restore", { more: `--port ${camera.portPath}` })),
      );
      runs.forEach((run, at) => assertRestored(run, cameras[at]));
    },
  },
];

export const stm32Cases: readonly GuestCase[] = [
  ...restores,
  ...writtenByOthers,
  ...pulls,
  ...signals,
  ...moves,
  ...refusals,
  ...pairs,
];
