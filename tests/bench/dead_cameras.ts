/**
 * A restore on a bus with eight dead cameras, in virtual time: from the first look at the bus to
 * the proof, without the time for actions by hand. One row per board, measured with the slowest
 * kind of dead camera.
 */
import { families } from "../support/boards/families.ts";
import type { Board } from "../../core/family/board.ts";
import type { BoardFamily } from "../../core/family/family.ts";
import { bundledSet } from "../../core/image/pack.ts";
import {
  deadCameras,
  SlowDevice,
  type SlowDeviceOptions,
} from "../support/transport/slow_device.ts";
import { Trial } from "../support/plan/plan_rig.ts";
import type { BenchRow } from "./row.ts";

const COUNT = 8;
const images = new URL("../../images/", import.meta.url);

export async function rows(): Promise<BenchRow[]> {
  const restored = families.flatMap((family) =>
    family.boards.filter(({ jobs }) => jobs.restore === true).map((board) => ({ family, board }))
  );
  return await Promise.all(restored.map(async ({ family, board }): Promise<BenchRow> => {
    const alone = await restoreMs(family, board);
    const beside = await Promise.all(
      Object.values(deadCameras).map((deadCamera) => restoreMs(family, board, deadCamera)),
    );
    return {
      name: `${board.id}: restore beside ${COUNT} dead cameras / restore alone`,
      value: Math.max(...beside) / alone,
      unit: "ratio",
      limit: 1.1,
    };
  }));
}

/** Virtual milliseconds of a restore; with `deadCamera`, beside eight of them. */
async function restoreMs(
  family: BoardFamily,
  board: Board,
  deadCamera?: Omit<SlowDeviceOptions, "clock">,
): Promise<number> {
  const trial = new Trial(families);
  const { clock, ports } = trial;
  return await clock.run(async () => {
    const camera = family.simulate(board, { ...ports.at("1-1"), condition: "bricked" });
    for (let at = 0; deadCamera && at < COUNT; at++) {
      ports.bus.socket(`1-${at + 2}`).attach(new SlowDevice({ clock, ...deadCamera }));
    }
    const set = bundledSet((path) => Deno.readFileSync(new URL(path, images)))!;
    const plan = family.plan("restore", board, set.imagesFor(board), {});
    const start = clock.now();
    const { error } = await trial.run(plan, camera);
    if (error) throw error;
    return clock.now() - start;
  });
}
