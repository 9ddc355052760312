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
import { TableFile } from "./table_file.ts";

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
  /** Steps by hand before the run. */
  readonly before?: readonly HardwareAction["id"][];
  /** Milliseconds from these steps to the run, by default enough for the firmware to start. */
  readonly afterMs?: number;
}

/** Runs each scenario, and compares what happens with runs.txt in the family's folder. */
export function testRuns(
  family: BoardFamily,
  scenarios: readonly Scenario[],
  folder: string,
): void {
  const table = new TableFile("runs.txt", folder, scenarios.map(nameOf));
  for (const scenario of scenarios) {
    const name = nameOf(scenario);
    Deno.test(`a run is as in runs.txt: ${name}`, async () => {
      table.compare([name, ...await run(family, scenario)].join("\n"));
    });
  }
}

function nameOf(
  { board, job, options = {}, camera, holds, before = [], afterMs }: Scenario,
): string {
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
    ...(afterMs === undefined ? [] : [`and ${afterMs} ms`]),
  ].join(" ");
}

async function run(
  family: BoardFamily,
  { board, job, options = {}, images, camera: simulation, before = [], afterMs = 5_000 }: Scenario,
): Promise<string[]> {
  const trial = new Trial([family]);
  const { clock } = trial;
  const camera = family.simulate(board, { ...trial.ports.at("1-1"), ...simulation });
  const plan = family.plan(job, board, images, options);
  await clock.run(async () => {
    for (const id of before) await camera.perform({ id, text: "" });
    if (before.length > 0) await clock.sleep(afterMs);
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
