import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { Board, BoardRegion, Job } from "../../../core/family/board.ts";
import type {
  BoardFamily,
  JobOptions,
  SimulatedBoard,
  SimulationOptions,
} from "../../../core/family/family.ts";
import type { FlashMemory } from "../../../core/common/flash_memory.ts";
import type { HardwareAction } from "../../../core/plan/hardware_action.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import { Trial } from "../plan/plan_rig.ts";
import { runLines } from "./run_lines.ts";

/** A job on a simulated camera. */
export interface Scenario {
  readonly board: Board;
  readonly job: Job;
  readonly options?: JobOptions;
  /** The images of the job. */
  readonly images: BoardImages;
  readonly camera: Pick<SimulationOptions, "condition" | "traps" | "images">;
  /** What the camera contains, for a reader: "old" */
  readonly holds?: string;
  /** Steps by hand before the run; then the camera has five seconds to start. */
  readonly before?: readonly HardwareAction["id"][];
}

/** How to renew the tables. */
const RENEW = "deno test -A boards/*/tables_test.ts -- --update";

/** Runs each scenario, and compares what happens with runs.txt in the family's folder. */
export function testRuns(
  family: BoardFamily,
  scenarios: readonly Scenario[],
  folder: string,
): void {
  const url = new URL("runs.txt", folder);
  const isRenewed = Deno.args.includes("--update");
  const table = new Map(blocks(url));
  const names = scenarios.map(nameOf);
  for (const scenario of scenarios) {
    const name = nameOf(scenario);
    Deno.test(`a run is as in runs.txt: ${name}`, async () => {
      const lines = await run(family, scenario);
      if (isRenewed) {
        table.set(name, lines.join("\n"));
        const text = names.filter((one) => table.has(one))
          .map((one) => `${one}\n${table.get(one)}\n`).join("\n");
        Deno.writeTextFileSync(url, text);
      }
      assert.equal(lines.join("\n"), table.get(name), `If this change is meant: ${RENEW}`);
    });
  }
}

function blocks(url: URL): [string, string][] {
  if (!existsSync(url)) return [];
  return Deno.readTextFileSync(url).trimEnd().split("\n\n").map((block) => {
    const end = block.indexOf("\n");
    return [block.slice(0, end), block.slice(end + 1)];
  });
}

function nameOf({ board, job, options = {}, camera, holds, before = [] }: Scenario): string {
  const { knownRomfs: _, backup, ...shown } = options;
  const { condition = "bricked", traps } = camera;
  return [
    `${board.id} ${job}`,
    ...(Object.keys(shown).length > 0 ? [JSON.stringify(shown)] : []),
    ...(backup ? ["with backup"] : []),
    `on a ${condition} camera`,
    ...(holds ? [`with ${holds} images`] : []),
    ...(traps ? [JSON.stringify(traps)] : []),
    ...(before.length > 0 ? [`after ${before.join(", ")}`] : []),
  ].join(" ");
}

async function run(
  family: BoardFamily,
  { board, job, options = {}, images, camera: simulation, before = [] }: Scenario,
): Promise<string[]> {
  const trial = new Trial([family]);
  const { clock } = trial;
  const camera = family.simulate(board, { ...trial.ports.at("1-1"), ...simulation });
  const plan = family.plan(job, board, images, options);
  await clock.run(async () => {
    for (const id of before) await camera.perform({ id, text: "" });
    if (before.length > 0) await clock.sleep(5_000);
    await trial.run(plan, camera, { hardwareDeadlineMs: 30_000 });
  });
  return [...runLines(trial.events), contentsOf(camera, images)];
}

/** Returns which images the camera contains afterwards, and whether the user's files are there. */
function contentsOf(
  camera: SimulatedBoard & { memories?: ReadonlyMap<string, FlashMemory> },
  images: BoardImages,
): string {
  const memories = [...camera.memories?.values() ?? []];
  const held = (camera.board.regions ?? []).flatMap((region) => {
    const memory = memories.find((one) => one.contains(region.address));
    return memory && isThere(region, memory, images) ? `${region.name}` : [];
  });
  return `camera contains: ${held.join(", ") || "nothing of it"}`;
}

function isThere(
  { role = "", address, isFilesystem }: BoardRegion,
  memory: FlashMemory,
  images: BoardImages,
): boolean {
  if (isFilesystem) return memory.read(address, 4096).some((byte) => byte !== 0 && byte !== 0xFF);
  const image = images.get(role);
  return image !== undefined && memory.holds(address, image.bytes);
}
