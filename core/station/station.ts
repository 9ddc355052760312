import type { Clock } from "../common/clock.ts";
import { type DetectedDevice, portOf } from "../device/detected_device.ts";
import { identifyDevice } from "../device/identify.ts";
import { asUnbrickError, failureOf, UnbrickError } from "../common/errors.ts";
import type { Board } from "../family/board.ts";
import type { BoardFamily, Plan } from "../family/family.ts";
import { runPlan } from "../plan/engine.ts";
import type { Operator } from "../plan/operator.ts";
import type { SerialBus } from "../transport/serial/port.ts";
import type { UsbBus } from "../transport/usb/device.ts";
import { BusWatch } from "./bus_watch.ts";
import type { PortStatus, StationEvent, StationJob, StationResult, Totals } from "./events.ts";
import { type CameraResult, PortWorker } from "./port_worker.ts";
import { serialOfPort } from "./port_serial.ts";
import type { StationPort } from "./station_port.ts";
import { text } from "../common/text.ts";

export interface StationOptions {
  readonly clock: Clock;
  /** Ends the station: runs stop between two transfers. */
  readonly signal: AbortSignal;
  /** Opened once, for all ports. */
  readonly bus: UsbBus;
  /** If omitted, this host has no serial ports. */
  readonly serial?: SerialBus;
  /** The families whose devices are recognised, including the board's own. */
  readonly families: readonly BoardFamily[];
  readonly job: StationJob;
  readonly simulated: boolean;
  /** The only port to use; if omitted, all ports. */
  readonly port?: string;
  /** Number of cameras, proven or failed, after which the station ends. */
  readonly count?: number;
  /** Deadline for steps by hand, ms. */
  readonly hardwareDeadlineMs: number;
  /** The plan for the cameras of each board. */
  readonly plans: readonly Plan[];
  /** Returns the operator for a port. */
  operator(port: string): Operator;
  onEvent(event: StationEvent): void;
}

/**
 * Works on cameras one after another or several at once: each port has its own worker, and a run
 * sees only its port. Never throws: the result and the last event contain the outcome.
 */
export async function runStation(options: StationOptions): Promise<StationResult> {
  return await new Station(options).run();
}

class Station {
  readonly #options: StationOptions;
  readonly #watch: BusWatch;
  readonly #workers: Promise<void>[] = [];
  /** Ends all waits for cameras; runs continue. */
  readonly #closing = new AbortController();
  /** Also ends the runs, because the bus is lost. */
  readonly #failed = new AbortController();
  #totals: Totals = { started: 0, proven: 0, failed: 0, skipped: 0 };
  #firstFailure: UnbrickError | undefined;

  constructor(options: StationOptions) {
    this.#options = options;
    const { bus, families, clock, port } = options;
    this.#watch = new BusWatch({
      bus,
      families,
      clock,
      onlyPort: port,
      onPort: (port) => this.#open(port),
    });
  }

  async run(): Promise<StationResult> {
    const { job, plans, simulated, count, signal, onEvent } = this.#options;
    onEvent({
      type: "station-started",
      job,
      boards: plans.map(({ board: { id, name }, images }) => ({
        id,
        name,
        imagesFrom: images.origin,
      })),
      simulated,
      ...(count !== undefined && { count }),
    });
    const closed = new Promise<void>((resolve) => {
      this.#closing.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    const close = () => this.#closing.abort(stopped);
    signal.addEventListener("abort", close, { once: true });
    if (signal.aborted) close();
    const watching = new AbortController();
    const watch = this.#watch.run(watching.signal).catch((error) => this.#fail(error));
    await closed;
    // Another worker may be added while one ends.
    for (let at = 0; at < this.#workers.length; at++) await this.#workers[at];
    watching.abort(stopped);
    await watch;
    signal.removeEventListener("abort", close);
    return this.#end();
  }

  #end(): StationResult {
    const { onEvent } = this.#options;
    const result = { totals: this.#totals, ...this.#ending() };
    onEvent({ type: "station-ended", ...result });
    return result;
  }

  #ending(): Omit<StationResult, "totals"> {
    const { signal } = this.#options;
    const broken = this.#failed.signal;
    if (broken.aborted) {
      const error = failureOf(broken.reason);
      return { endedBy: "error", exitCode: error.exitCode, error };
    }
    if (signal.aborted) return { endedBy: "stop", exitCode: stopped.exitCode };
    return { endedBy: "count", exitCode: this.#firstFailure?.exitCode ?? 0 };
  }

  /** Ends everything after the loss of the bus or a defect. */
  #fail(thrown: unknown): void {
    const error = asUnbrickError(thrown);
    this.#failed.abort(error);
    this.#closing.abort(stopped);
  }

  #open(port: StationPort): void {
    const { plans, job, clock, onEvent } = this.#options;
    const { path } = port;
    const worker = new PortWorker({
      port,
      boards: plans.map(({ board }) => board),
      job,
      clock,
      nextRun: () => {
        if (this.#totals.started >= (this.#options.count ?? Infinity)) return undefined;
        this.#count("started");
        return this.#totals.started;
      },
      work: (detected, board, run) => this.#work(port, detected, board, run),
      identify: (detected, boards) => this.#identify(port, detected, boards),
      report: (state: PortStatus) => {
        if (state.state === "skipped") this.#count("skipped");
        onEvent({ type: "port", port: path, ...state });
      },
    });
    const running = worker.run(this.#closing.signal).catch((error) => this.#fail(error));
    this.#workers.push(running);
  }

  /** Runs the job on the camera at a port, and counts the camera whatever happens. */
  async #work(
    port: StationPort,
    detected: DetectedDevice,
    board: Board,
    run: number,
  ): Promise<CameraResult> {
    const serials = new Set([detected.seen.serial].filter((serial) => serial !== undefined));
    const error = await this.#run(port, detected, { board, run, serials }).catch(asUnbrickError);
    this.#firstFailure ??= error;
    this.#count(error ? "failed" : "proven");
    const { proven, failed } = this.#totals;
    if (proven + failed === this.#options.count) this.#closing.abort(stopped);
    return { error, serials };
  }

  async #run(
    port: StationPort,
    detected: DetectedDevice,
    { board, run, serials }: {
      readonly board: Board;
      readonly run: number;
      readonly serials: Set<string>;
    },
  ): Promise<UnbrickError | undefined> {
    const { plans, operator, onEvent, ...options } = this.#options;
    const plan = plans.find((one) => one.board === board)!;
    const { path } = port;
    const { error } = await runPlan(plan, {
      ...options,
      ...this.#hostFor(port),
      port: portOf(detected),
      operator: operator(path),
      onEvent: (event) => {
        if (event.type === "connected" && event.detected.serial !== undefined) {
          serials.add(event.detected.serial);
        }
        onEvent({ ...event, port: path, run });
        if (event.type === "checked" && event.error) this.#count("faulty");
      },
    });
    return error;
  }

  /** Returns the parts of the host that a run may use: only those of its port. */
  #hostFor(port: StationPort) {
    const { serial, signal } = this.#options;
    return {
      finder: port,
      signal: AbortSignal.any([signal, this.#failed.signal]),
      serial: serial && serialOfPort(serial, port.path, () => this.#watch.devices),
    };
  }

  /** Asks a device which of these boards it can be; writes nothing. */
  async #identify(
    port: StationPort,
    detected: DetectedDevice,
    boards: readonly Board[],
  ): Promise<readonly Board[]> {
    const { families, clock, hardwareDeadlineMs: deadlineMs } = this.#options;
    const family = families.find((one) => one.id === detected.familyId);
    const options = { ...this.#hostFor(port), board: boards[0], clock, deadlineMs };
    const identity = family && await identifyDevice(family, detected, options);
    return identity ? boards.filter(({ id }) => identity.boardIds.includes(id)) : boards;
  }

  #count(what: keyof Totals): void {
    this.#totals = { ...this.#totals, [what]: (this.#totals[what] ?? 0) + 1 };
    this.#options.onEvent({ type: "totals", totals: this.#totals });
  }
}

const stopped = new UnbrickError("cancelled", text`Stopped by the user.`);
