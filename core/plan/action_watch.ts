import type { Board } from "../family/board.ts";
import { abortError, type Clock } from "../common/clock.ts";
import { stBootPin } from "../common/advice.ts";
import { type DetectedDevice, type Mode, portOf } from "../device/detected_device.ts";
import type { NewRunEvent } from "./events.ts";
import type { ActionTracker, CameraPresence, ConfirmedBy } from "./action_tracker.ts";
import type { HardwareAction } from "./hardware_action.ts";
import { joined, text, type Words } from "../common/text.ts";

export interface ActionWatchOptions {
  readonly clock: Clock;
  readonly board: Board;
  readonly actions: readonly HardwareAction[];
  /** The expected modes. Omitted if the effect is not visible on the bus. */
  readonly modes?: readonly Mode[];
  /** The port that the run is bound to. */
  readonly port?: string;
  /** True if the device is certainly not the camera of this run. */
  isAnother?(detected: DetectedDevice): boolean;
  emit(event: NewRunEvent): void;
}

/** A camera that only restarts returns sooner than this, in milliseconds. Our choice. */
const GONE_MS = 2_000;

/** If ST's ROM does not appear for this long, something is wrong, ms (openmv-runtime.md 7). */
const ROM_MS = 30_000;

/**
 * Watches the bus while a person carries out actions, and explains mistakes. A jumper is not
 * visible on the bus: only how the camera starts shows whether it was in place. The run passes on
 * the result of each look at the bus.
 */
export class ActionWatch implements ActionTracker {
  readonly #options: ActionWatchOptions;
  readonly #waiting = new Set<() => void>();
  /** Devices that were present before the actions started and have not left since. */
  #before: ReadonlySet<string> | undefined;
  #now: CameraPresence | undefined;
  #lastThereAt = -Infinity;
  /** When the camera had everything that it needs to appear. */
  #expectedSince: number | undefined;
  #isAdviceGiven = false;

  constructor(options: ActionWatchOptions) {
    this.#options = options;
  }

  /** When the current action was started; undefined if the actions are not shown one by one. */
  beganAt: number | undefined;

  get mistake(): Words | undefined {
    return this.#now?.mistake;
  }

  /** Takes in the result of one look at the bus in which the expected device was missing. */
  observe(detectedDevices: readonly DetectedDevice[]): void {
    const present = new Set(detectedDevices.map(connectionKey));
    this.#before = this.#before ? this.#before.intersection(present) : present;
    const { board, port, clock } = this.#options;
    const isOurs = (one: DetectedDevice) =>
      one.boardIds.includes(board.id) &&
      (port === undefined ? !one.isCandidate : portOf(one) === port);
    const arrived = detectedDevices.filter((one) => !this.#before!.has(connectionKey(one)));
    const mistake = arrived.map((one) => this.#describeMistake(one)).find(Boolean);
    if (detectedDevices.some(isOurs)) this.#lastThereAt = clock.now();
    this.#adviseRomEntry();
    this.#now = { isPresent: clock.now() - this.#lastThereAt < GONE_MS, mistake };
    for (const look of [...this.#waiting]) look();
  }

  /** Tells once what else brings ST's ROM, as a jumper from BOOT to RST does not on every camera. */
  #adviseRomEntry(): void {
    const { board, modes, clock, emit } = this.#options;
    if (this.#isAdviceGiven || board.romEntry === undefined || !modes?.includes("rom")) return;
    this.#expectedSince ??= clock.now();
    if (clock.now() - this.#expectedSince < ROM_MS) return;
    this.#isAdviceGiven = true;
    for (const text of stBootPin) emit({ type: "note", text });
  }

  begin(action: HardwareAction, confirmedBy: ConfirmedBy): void {
    const { actions, clock, emit } = this.#options;
    this.beganAt = this.#expectedSince = clock.now();
    const number = actions.indexOf(action) + 1;
    emit({ type: "action", action, number, total: actions.length, confirmedBy });
  }

  done(action: HardwareAction, confirmedBy: ConfirmedBy): void {
    this.#options.emit({ type: "action-done", action, confirmedBy });
  }

  until(fits: (now: CameraPresence) => boolean, signal: AbortSignal): Promise<CameraPresence> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(abortError(signal));
      const settle = (finish: () => void) => {
        this.#waiting.delete(look);
        finish();
      };
      const look = () => {
        const now = this.#now;
        if (now && fits(now)) settle(() => resolve(now));
      };
      signal.addEventListener("abort", () => settle(() => reject(abortError(signal))));
      this.#waiting.add(look);
      look();
    });
  }

  #describeMistake(detected: DetectedDevice): Words | undefined {
    const { board, actions, modes, port } = this.#options;
    if (!modes || actions.at(-1)?.id !== "plug") return undefined;
    const { title, mode, boardIds, isCandidate } = detected;
    const there = portOf(detected);
    if (!boardIds.includes(board.id)) {
      return isCandidate
        ? undefined
        : text`Another device appeared on port ${there}: ${title}. It is not used.`;
    }
    if (port !== undefined && there !== port) {
      return text`A camera appeared on port ${there}, but this run uses port ${port}. Plug it in
        there.`;
    }
    if (this.#options.isAnother?.(detected)) {
      return text`Another ${board.name} appeared on port ${there}. Unplug it, and plug in the camera
        that this run works on.`;
    }
    if (modes.includes(mode)) return undefined; // too early or too late: the step reports that
    if (mode === "bootloader" && modes.includes("firmware")) return undefined; // the bootloader is only a stage on the way to the firmware
    return describeWrongStart(actions, mode) ??
      text`The camera appeared as "${title}", which is not what unbrick is waiting for.`;
  }
}

/** Returns what a start in the wrong mode means for the jumper or the switch. */
function describeWrongStart(actions: readonly HardwareAction[], mode: Mode): Words | undefined {
  const isNormal = mode === "firmware" || mode === "bootloader";
  for (const { id, parts = [] } of actions) {
    const pins = joined(parts, text` and `);
    if (id === "fit-jumper" && isNormal) {
      return text`The camera started normally: the jumper between ${pins} was not in place when
        you plugged it in.`;
    }
    if (id === "switch-on" && isNormal) {
      return text`The camera started normally: the recovery switch was off when you plugged it
        in.`;
    }
    if (id === "remove-jumper" && mode === "rom") {
      return text`The camera is in its ROM again: the jumper between ${pins} was still in place
        when you plugged it in.`;
    }
    if (id === "switch-off" && mode === "rom") {
      return text`The camera is in recovery mode again: the switch was still on when you plugged
        it in.`;
    }
  }
  if (mode === "firmware") {
    return text`The camera started its firmware before unbrick could stop it in the bootloader.
      Plug it in once more.`;
  }
}

/** Returns a key for one connection of a device; after a reconnection the address differs. */
function connectionKey({ seen: { usb } }: DetectedDevice): string {
  return [usb.bus, usb.portPath, usb.address].join("/");
}
