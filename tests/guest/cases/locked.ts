import assert from "node:assert/strict";
import { boards } from "../../../boards/openmv_stm32/boards.ts";
import { FLASH_BASE } from "../../../boards/openmv_stm32/chips.ts";
import { openmvStm32 } from "../../../boards/openmv_stm32/mod.ts";
import { partitionNamed } from "../../../core/openmv_bootloader/partition.ts";
import { h7Images, version } from "../../locked_images/release_server.ts";
import type { GuestCase } from "../case.ts";
import { slowClock } from "../slow_clock.ts";
import { outcomeText, runUnbrick } from "../unbrick_run.ts";

/** The executable of a release, which contains real images (`--locked-images`). */
export const lockedCases: readonly GuestCase[] = [
  {
    name: "a release with real images restores a camera without any file",
    deadlineMs: 600_000,
    async run(guest) {
      const board = boards.find(({ id }) => id === "openmv-h7")!;
      const camera = openmvStm32.simulate(board, {
        clock: slowClock(3),
        socket: guest.bus.socket("1-1"),
        images: h7Images,
        condition: "blank",
      });
      const result = await runUnbrick(guest, {
        command: "restore openmv-h7 --timeout 60",
        perform: async (actions) => {
          for (const action of actions) await camera.perform(action);
        },
      }, { seconds: 500 });
      assert.equal(result.code, 0, outcomeText(result));
      const start = result.lines.find(({ type }) => type === "run-started")!;
      assert.equal(start.imagesFrom, "folder OPENMV4 of the real images inside this program");
      assert.equal(start.simulated, false);
      const flash = camera.memory("flash");
      for (const [name, role] of [["BOOTLOADER", "bootloader"], ["FIRMWARE", "firmware"]]) {
        const { bytes } = h7Images.get(role)!;
        const at = partitionNamed(board.partitions, name).start - FLASH_BASE;
        assert.deepEqual(flash.subarray(at, at + bytes.length), bytes, name);
      }
    },
  },
  {
    name: "a release with real images lists them, and what was refused",
    async run(guest) {
      const { code, stdout, stderr } = await guest.run("unbrick images list --json", {
        seconds: 200,
      });
      assert.equal(code, 0, stderr);
      const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
      const set = lines.find(({ name }) => name === `bundled-${version}`);
      assert.deepEqual([set.isBundled, set.purpose], [true, "real cameras"]);
      const n6 = lines.find(({ type, board }) => type === "use" && board === "openmv-n6");
      assert.deepEqual(n6.missing, ["fsbl", "external-loader"]);
    },
  },
];
