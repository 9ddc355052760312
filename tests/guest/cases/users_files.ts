import assert from "node:assert/strict";
import { FLASH_BASE } from "../../../boards/openmv_stm32/chips.ts";
import { partitionNamed } from "../../../core/openmv_bootloader/partition.ts";
import { Camera } from "../camera.ts";
import type { GuestCase } from "../case.ts";
import { outcomeText, runUnbrick, type UnbrickRun } from "../unbrick_run.ts";

/** A case in which nothing of the user's is lost, and the camera is seen to see. */

const BACKUP = "/tmp/backup.zip";
const PICTURE = "/tmp/picture.png";
const PNG = [0x89, 0x50, 0x4E, 0x47];

/** Returns the memory of the user's file system. */
function filesystemOf({ board, simulated }: Camera): Uint8Array {
  const { memory, start, end } = partitionNamed(board.partitions, "FILESYSTEM");
  return simulated.memory(memory).slice(start - FLASH_BASE, end - FLASH_BASE);
}

function assertProven(run: UnbrickRun): void {
  assert.equal(run.code, 0, outcomeText(run));
  assert.equal(run.lines.findLast(({ type }) => type === "run-ended")?.outcome, "proven");
}

export const usersFilesCases: readonly GuestCase[] = [
  {
    name:
      "the user's files: saved before a restore that erases them, put back, and the camera sees",
    deadlineMs: 900_000,
    async run(guest) {
      const camera = await Camera.bricked(guest, "openmv-m7");
      const perform = camera.perform.bind(camera);
      const run = (command: string) =>
        runUnbrick(guest, { command: `${command} --timeout 60`, perform }, { seconds: 300 });
      await guest.run(`rm -rf ${BACKUP} ${PICTURE} /tmp/files`);
      const files = filesystemOf(camera);

      const restore = `--backup ${BACKUP} --erase-filesystem`;
      assertProven(await camera.unbrick("restore", { more: restore, seconds: 300 }));
      assert.deepEqual(camera.differences(), []);
      assert.notDeepEqual(filesystemOf(camera), files);

      const saved = await guest.run(`unbrick files ${BACKUP} -o /tmp/files; find /tmp/files`);
      assert.match(saved.stdout, /main\.py/);

      assertProven(await run(`put-back ${BACKUP} --only filesystem --allow other-camera`));
      assert.deepEqual(filesystemOf(camera), files);

      const check = await run(`check ${camera.board.id} --picture ${PICTURE}`);
      assertProven(check);
      assert.deepEqual([...(await guest.run(`cat ${PICTURE}`)).bytes.slice(0, 4)], PNG);
    },
  },
];
