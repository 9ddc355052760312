/**
 * A station that restores sixteen cameras at once, compared with one that restores a single camera: the
 * whole command with its records, on the real clock. The cameras are models with their busy times, each
 * on a cable of its own; steps by hand take no time. Host and models share one thread, so a row says how
 * much of it they need: where that is near 100 %, or other programs use the processor, it is the limit.
 */
import { join } from "node:path";
import process from "node:process";
import { sampleImages as ae3Images } from "../../boards/openmv_ae3/samples.ts";
import * as n6 from "../../boards/openmv_n6/samples.ts";
import { unmarkedImages as rt1062Images } from "../../boards/openmv_rt1062/samples.ts";
import { boards as stm32Boards } from "../../boards/openmv_stm32/boards.ts";
import * as stm32 from "../../boards/openmv_stm32/samples.ts";
import { allBoards } from "../../core/cli/devices/board_names.ts";
import { runCommandLine } from "../../core/cli/run.ts";
import { systemClock } from "../../core/common/clock.ts";
import type { SimulatedBoard, SimulationOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import { VirtualPorts } from "../../core/transport/virtual_ports.ts";
import { families } from "../support/boards/families.ts";
import { noPrompts } from "../support/cli/command_rig.ts";
import type { BenchRow } from "./row.ts";

const CAMERAS = 16;

interface Benched {
  /** As in the program, without the mark that keeps them off real cameras. */
  readonly images: BoardImages;
  /** Makes the camera know these images. */
  readonly camera: Partial<SimulationOptions>;
}

const h7 = stm32Boards.find(({ id }) => id === "openmv-h7")!;
const n6Images = n6.makeImages(n6.bundledVersions, n6.usualSizes, false);
const ae3 = ae3Images({ simulationOnly: false });
const benched: Readonly<Record<string, Benched>> = {
  "openmv-h7": {
    images: stm32.makeImages(h7, stm32.bundledVersions, stm32.sizes[h7.id], false),
    camera: { traps: { startsDamaged: true } },
  },
  "openmv-rt1062": { images: rt1062Images(), camera: { traps: { startsDamaged: true } } },
  "openmv-n6": { images: n6Images, camera: { condition: "blank", images: n6Images } },
  "openmv-ae3": { images: ae3, camera: { plannedImages: ae3 } },
};

export async function rows(): Promise<BenchRow[]> {
  const folder = Deno.makeTempDirSync({ prefix: "unbrick-bench-" });
  try {
    const all: BenchRow[] = [];
    for (const board of Object.keys(benched)) all.push(...await rowsOf(board, folder));
    return all;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function rowsOf(board: string, folder: string): Promise<BenchRow[]> {
  await restored(board, 2, folder); // lets the compiler optimise
  const one = await restored(board, 1, folder);
  const all = await restored(board, CAMERAS, folder);
  return [
    {
      name: `${board}: ${CAMERAS} cameras at once / one camera`,
      value: all.ms / one.ms,
      unit: "ratio",
      limit: 1.25,
    },
    { name: "  one camera", value: one.ms, unit: "ms" },
    { name: "  its data were on the USB wire", value: one.wireMs, unit: "ms" },
    {
      name: `  processor time of the ${CAMERAS}, host and model / time of one camera`,
      value: all.processorMs / one.ms,
      unit: "ratio",
    },
    {
      name: `  the station with ${CAMERAS} waited for a processor that other programs used`,
      value: all.delayMs,
      unit: "ms",
    },
  ];
}

interface Measured {
  readonly ms: number;
  /** Of one camera. */
  readonly wireMs: number;
  readonly processorMs: number;
  readonly delayMs: number;
}

/** Restores cameras that are all connected when the station starts. */
async function restored(
  id: string,
  count: number,
  folder: string,
): Promise<Measured> {
  const clock = systemClock, ports = new VirtualPorts(clock);
  const { board, family } = allBoards(families).find((one) => one.board.id === id)!;
  const { images, camera } = benched[id];
  const cameras = new Map<string, SimulatedBoard>();
  for (let unit = 0; unit < count; unit++) {
    const path = `1-${unit + 1}`;
    const simulated = family.simulate(board, { ...ports.at(path), unit, ...camera });
    for (const action of board.recoveryActions) await simulated.perform(action);
    cameras.set(path, simulated);
  }
  const report = join(folder, `${id}-${count}`);
  const line = [
    ...["station", id, "--yes", "--json", "--count", `${count}`, "--report", report],
    ...imageOptions(images, `${report}-images`),
  ];
  let out = "";
  const write = (text: string) => {
    out += text;
    for (const line of text.trimEnd().split("\n")) void performed(line, cameras);
  };
  const start = clock.now(), before = process.cpuUsage(), delay = runDelay();
  const code = await runCommandLine(line, {
    ...{ version: "bench", os: "linux", clock, families, prompts: noPrompts },
    signal: new AbortController().signal,
    openConsole: () => ({
      ...{ isTerminal: false, canAsk: false, columns: 80, colour: false, unicode: false },
      ...{ write, writeError: write },
    }),
    openUsbBus: () => Promise.resolve(ports.openBus()),
    openSerialBus: () => Promise.resolve(ports.serial),
    usbLibrary: () => Promise.reject(new Error("nothing asks for the library")),
    bundledImages: () => undefined,
    runsFolder: () => join(folder, "runs"),
    loadFamily: () => Promise.reject(new Error("there is no plugin")),
  });
  const ms = clock.now() - start, { user, system } = process.cpuUsage(before);
  const delayed = runDelay() - delay;
  if (code !== 0) throw new Error(`the station ended with ${code}:\n${out.slice(-2_000)}`);
  const { wireMs } = ports.bus.socket("1-1").statistics;
  const processorMs = (user + system) / 1_000;
  return { ms, wireMs, processorMs, delayMs: delayed };
}

/** Returns how long the first thread of this program has waited for a processor, in milliseconds. */
function runDelay(): number {
  return Number(Deno.readTextFileSync(`/proc/${Deno.pid}/schedstat`).split(" ")[1]) / 1e6;
}

/** Does at once what a line asks for by hand. */
async function performed(
  line: string,
  cameras: ReadonlyMap<string, SimulatedBoard>,
): Promise<void> {
  if (!line.includes('"type":"hardware"')) return;
  const { port, actions } = JSON.parse(line);
  for (const action of actions as HardwareAction[]) await cameras.get(port)!.perform(action);
}

/** Writes images into a folder. @returns the options that name them */
function imageOptions({ all }: BoardImages, folder: string): string[] {
  Deno.mkdirSync(folder);
  return all.flatMap(({ role, name, bytes }) => {
    const path = join(folder, name);
    Deno.writeFileSync(path, bytes);
    return ["--image", `${role}=${path}`];
  });
}
