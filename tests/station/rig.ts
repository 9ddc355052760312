import { families } from "../support/boards/families.ts";
import { boardByName, type ReadyBoard } from "../../core/cli/devices/board_names.ts";
import { simulatedOperator } from "../../core/cli/operators/simulated.ts";
import { unattendedOperator } from "../../core/cli/operators/unattended.ts";
import type { Plan, SimulatedBoard, SimulationOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { bundledSet } from "../../core/image/pack.ts";
import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import type { RunEvent } from "../../core/plan/events.ts";
import type { StationEvent, StationJob, StationResult } from "../../core/station/events.ts";
import { runStation, type StationOptions } from "../../core/station/station.ts";
import { VirtualPorts } from "../../core/transport/virtual_ports.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";

const images = new URL("../../images/", import.meta.url);
const pack = bundledSet((path) => Deno.readFileSync(new URL(path, images)));

const unplug: HardwareAction = { id: "unplug", text: "Unplug." };
const plug: HardwareAction = { id: "plug", text: "Plug." };

/** A station in virtual time, with simulated cameras on ports. */
export class StationRig {
  readonly clock = new VirtualClock();
  readonly #ports = new VirtualPorts(this.clock, {});
  readonly bus = this.#ports.bus;
  readonly events: StationEvent[] = [];
  readonly known: ReadyBoard;
  readonly images: BoardImages;
  readonly #hands = new Map<string, SimulatedBoard>();
  readonly #stop = new AbortController();
  #units = 0;
  #waiters: { accepts: (event: StationEvent) => boolean; resolve: () => void }[] = [];

  constructor(board: string, readonly job: StationJob = "restore") {
    this.known = boardByName(board, families);
    this.images = pack.imagesFor(this.known.board);
  }

  /** Returns the plan for another board of this station. */
  planFor({ board, family }: ReadyBoard): Plan {
    return family.plan(this.job, board, pack.imagesFor(board), { allow: [] });
  }

  /** Adds an unplugged camera to a port; steps by hand at that port then act on it. */
  camera(
    port: string,
    options: Pick<SimulationOptions, "condition" | "traps" | "unit"> = {},
    other: ReadyBoard = this.known,
  ): SimulatedBoard {
    const camera = other.family.simulate(other.board, {
      ...this.#ports.at(port),
      condition: this.job === "restore" ? "bricked" : "healthy",
      unit: this.#units++,
      ...(this.job === "verify" && { images: this.images }),
      ...options,
    });
    this.#hands.set(port, camera);
    return camera;
  }

  /** Does everything that brings a camera into its recovery mode. */
  async recover(camera: SimulatedBoard): Promise<void> {
    for (const action of camera.board.recoveryActions) await camera.perform(action);
  }

  plug(camera: SimulatedBoard): Promise<void> {
    return camera.perform(plug);
  }

  unplug(camera: SimulatedBoard): Promise<void> {
    return camera.perform(unplug);
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Waits for the next event that satisfies `accepts`; at most ten virtual minutes. */
  async until(accepts: (event: StationEvent) => boolean): Promise<void> {
    const over = new AbortController();
    const accepting = new Promise<void>((resolve) => this.#waiters.push({ accepts, resolve }));
    const late = this.clock.sleep(600_000, over.signal)
      .then(() => Promise.reject(new Error(`never seen: ${accepts}`)), () => {});
    try {
      await Promise.race([accepting, late]);
    } finally {
      over.abort();
    }
  }

  /** Waits until the line of a port has this state. */
  line(port: string, state: string): Promise<void> {
    return this.until((event) =>
      "port" in event && event.type === "port" && event.port === port && event.state === state
    );
  }

  /** Runs the station while `script` plugs and unplugs cameras. */
  async run(
    script: () => Promise<void>,
    options:
      & { count?: number; port?: string; allow?: string[] }
      & Partial<
        Pick<StationOptions, "bus" | "plans">
      > = {},
  ): Promise<StationResult> {
    const { clock, known, images, job } = this;
    const { allow = [], ...more } = options;
    return await clock.run(async () => {
      const station = runStation({
        clock,
        signal: this.#stop.signal,
        bus: this.#ports.openBus(),
        serial: this.#ports.serial,
        families,
        job,
        simulated: true,
        hardwareDeadlineMs: 20_000,
        plans: [known.family.plan(job, known.board, images, { allow })],
        ...more,
        operator: (path) => {
          const asked = unattendedOperator(new Set(["write", ...allow]));
          const camera = this.#hands.get(path);
          return camera ? simulatedOperator(camera, clock, asked) : asked;
        },
        onEvent: (event) => {
          this.events.push(event);
          const accepting = this.#waiters.filter(({ accepts }) => accepts(event));
          this.#waiters = this.#waiters.filter((one) => !accepting.includes(one));
          for (const { resolve } of accepting) resolve();
        },
      });
      const [result] = await Promise.all([station, script()]);
      return result;
    });
  }

  /** Returns how the runs on a port ended, in order. */
  endings(port: string): Extract<RunEvent, { type: "run-ended" }>[] {
    return this.events.flatMap((event) =>
      "port" in event && event.port === port && event.type === "run-ended" ? [event] : []
    );
  }

  /** Returns the states of a port's line, in order. */
  states(port: string): string[] {
    return this.events.flatMap((event) =>
      "port" in event && event.port === port && event.type === "port" ? [event.state] : []
    );
  }
}
