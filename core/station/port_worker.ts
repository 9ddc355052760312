import type { Board } from "../family/board.ts";
import type { Clock } from "../common/clock.ts";
import { connectionKey } from "../device/name_reader.ts";
import type { DetectedDevice } from "../device/detected_device.ts";
import { lookUntil } from "../device/look_until.ts";
import { asUnbrickError, failureOf, UnbrickError } from "../common/errors.ts";
import { summarise } from "../device/device_summary.ts";
import { classifyPort, type Verdict } from "./arrival.ts";
import type { PortStatus, StationJob } from "./events.ts";
import type { StationPort } from "./station_port.ts";
import { joined, text } from "../common/text.ts";

/**
 * A person needs longer than this to replace a camera with the next one; a camera that restarts
 * takes less, ms.
 */
const REMOVED_MS = 1_500;
/** Firmware that appears within this time after a run belongs to the same camera, ms. */
const STARTING_MS = 10_000;
/** Interval for a wait without end, ms; a timer is limited to 24 days. */
const LONG_MS = 3_600_000;

/** The result of the work on one camera. */
export interface CameraResult {
  readonly error?: UnbrickError;
  /** Serial numbers that the camera reported. */
  readonly serials: ReadonlySet<string>;
}

export interface PortWorkerOptions {
  readonly port: StationPort;
  readonly boards: readonly Board[];
  readonly job: StationJob;
  readonly clock: Clock;
  /** Returns the number of the next run in the whole station; undefined after the last one. */
  nextRun(): number | undefined;
  /** Runs the job on the camera at the port. Never throws. */
  work(detected: DetectedDevice, board: Board, run: number): Promise<CameraResult>;
  /** Asks the device which of the boards it can be; all of them if it cannot be asked. */
  identify(detected: DetectedDevice, boards: readonly Board[]): Promise<readonly Board[]>;
  report(state: PortStatus): void;
}

/** A camera on which the job can start. */
interface FoundCamera {
  readonly detected: DetectedDevice;
  readonly board: Board;
  readonly run: number;
}

/**
 * Works on one port: waits for a camera, runs the job, waits until the camera is removed, and
 * starts again.
 */
export class PortWorker {
  readonly #options: PortWorkerOptions;
  #reported = JSON.stringify([{ state: "waiting" }, []]);

  constructor(options: PortWorkerOptions) {
    this.#options = options;
  }

  /** Works until the signal aborts; a run that has started continues to its end. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#processCamera(signal);
      } catch (thrown) {
        if (signal.aborted) return;
        // After any error, the other ports continue, and so does this one with its next device.
        const { port } = this.#options;
        const error = failureOf(asUnbrickError(thrown));
        this.#report({ state: "skipped", reason: "error", error });
        await port.bus.list();
        await port.bus.changed({ timeoutMs: LONG_MS, signal }).catch(() => {});
      }
    }
  }

  /** Processes one camera, from its arrival to its removal. */
  async #processCamera(signal: AbortSignal): Promise<void> {
    const { port, report, work } = this.#options;
    const { detected, board, run } = await this.#waitForCamera(signal);
    port.occupiedSince = port.changedAt;
    this.#report({ state: "running", run, board: board.id, detected: summarise(detected) });
    const result = await work(detected, board, run);
    const { error } = result;
    report(
      error ? { state: "failed", run, error: failureOf(error) } : { state: "finished", run },
    );
    await this.#waitForRemoval(result, signal);
    port.occupiedSince = undefined;
  }

  /** Waits for a camera on which the job can start. */
  async #waitForCamera(signal: AbortSignal): Promise<FoundCamera> {
    const { port, boards, job, clock, nextRun } = this.#options;
    let blocked: Verdict | undefined;
    return await lookUntil(async () => {
      const { changedAt } = port;
      const look = await port.look(signal);
      if (port.changedAt !== changedAt) return {};
      const verdict = await this.#identify(classifyPort(port.infos, look, boards, job), signal);
      if (verdict.is === "blocked") {
        blocked = verdict;
        return { blocked: verdict.error };
      }
      const run = verdict.is === "ready" ? nextRun() : undefined;
      if (verdict.is === "ready" && run !== undefined) {
        return { found: { detected: verdict.detected, board: verdict.boards[0], run } };
      }
      this.#report(stateOf(verdict));
      return {};
    }, {
      bus: port.bus,
      clock,
      signal,
      intervalMs: LONG_MS,
      onBlocked: () => this.#report(stateOf(blocked!)),
    });
  }

  /**
   * Asks a device which board it is, if that decides anything: it may be one of several, or an adapter
   * that was present at the start, which may be only a cable.
   */
  async #identify(verdict: Verdict, signal: AbortSignal): Promise<Verdict> {
    const { port, identify } = this.#options;
    if (verdict.is !== "ready") return verdict;
    const { detected, boards } = verdict;
    const isOldAdapter = detected.isCandidate && port.wasThereAtStart && port.changedAt <= 1;
    if (boards.length === 1 && !isOldAdapter) return verdict;
    try {
      const possible = await identify(detected, boards);
      if (possible.length === 1) return { ...verdict, boards: possible };
      return { is: "other", detected, error: unknownBoard(detected, possible, boards) };
    } catch (error) {
      if (signal.aborted || !(error instanceof UnbrickError)) throw error;
      return { is: "other", detected, error };
    }
  }

  /** Waits until the camera of the last run is removed from its port. */
  async #waitForRemoval({ error, serials }: CameraResult, signal: AbortSignal): Promise<void> {
    const { port, clock } = this.#options;
    // A camera that was started may need some time until its firmware appears.
    let startsUntil = !error && port.infos.length === 0 ? clock.now() + STARTING_MS : -Infinity;
    while (true) {
      const emptyBefore = port.emptySince;
      if (emptyBefore !== undefined) {
        const until = Math.max(emptyBefore + REMOVED_MS, startsUntil);
        const left = until - clock.now();
        if (left <= 0) break;
        await port.bus.changed({ timeoutMs: left, signal });
        if (port.emptySince !== undefined) {
          await port.bus.list();
          continue;
        }
        const isRemoved = clock.now() - emptyBefore >= REMOVED_MS;
        if (isRemoved && !await this.#isStarted(serials, signal)) return;
      }
      startsUntil = -Infinity;
      await port.bus.list();
      await port.bus.changed({ timeoutMs: LONG_MS, signal });
    }
    this.#report({ state: "waiting" });
  }

  /**
   * Returns true if that camera's firmware runs on the port, or firmware without a serial number.
   */
  async #isStarted(serials: ReadonlySet<string>, signal: AbortSignal): Promise<boolean> {
    const { detectedDevices } = await this.#options.port.look(signal);
    return detectedDevices.some(({ mode, seen: { serial } }) =>
      mode === "firmware" && (serial === undefined || serials.size === 0 || serials.has(serial))
    );
  }

  /** Reports a status once for each connection of a device. */
  #report(state: PortStatus): void {
    const text = JSON.stringify([state, this.#options.port.infos.map(connectionKey)]);
    if (text === this.#reported) return;
    this.#reported = text;
    this.#options.report(state);
  }
}

function stateOf(verdict: Verdict): PortStatus {
  switch (verdict.is) {
    case "empty":
      return { state: "waiting" };
    case "early": {
      const { detected, actions } = verdict;
      return { state: "manual-steps", detected: summarise(detected), actions };
    }
    case "ready":
      return {
        state: "skipped",
        reason: "count-reached",
        error: failureOf(countReached),
        detected: summarise(verdict.detected),
      };
    case "other":
    case "blocked": {
      const { error, detected } = verdict;
      const seen = detected && { detected: summarise(detected) };
      const reason = verdict.is === "other" ? "other-device" : "blocked";
      return { state: "skipped", reason, error: failureOf(error), ...seen };
    }
  }
}

/** Says why a device is not used, because it can be none of the boards, or one of several. */
function unknownBoard(
  { isCandidate, title }: DetectedDevice,
  possible: readonly Board[],
  wanted: readonly Board[],
): UnbrickError {
  const names = joined(
    (possible.length > 0 ? possible : wanted).map(({ name }) => name),
    text` or `,
  );
  const data = { boards: possible.map(({ id }) => id).join(",") };
  if (possible.length > 0) {
    const message = text`This may be the ${names}; in this mode nothing tells them apart. Start a
      station for one of them.`;
    return new UnbrickError("wrong-board", message, data);
  }
  const message = isCandidate
    ? text`Nothing answers on this adapter. It is only a cable, or the ${names} must be
        plugged in again with its recovery switch on.`
    : text`This is not the ${names}; it is: ${title}.`;
  return new UnbrickError("wrong-board", message, data);
}

const countReached = new UnbrickError(
  "cancelled",
  text`The station has finished the number of cameras you asked for.`,
);
