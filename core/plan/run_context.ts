import type { Board } from "../family/board.ts";
import { type Clock, throwIfAborted, withDeadline } from "../common/clock.ts";
import type { DeviceFinder, Look } from "../device/finder.ts";
import { type DetectedDevice, isUsable, type Mode, portOf } from "../device/detected_device.ts";
import { UnbrickError } from "../common/errors.ts";
import { usbId } from "../common/format.ts";
import type { SerialBus } from "../transport/serial/port.ts";
import type { UsbBus } from "../transport/usb/device.ts";
import type { Expectation, StartSession, StepContext } from "./step_context.ts";
import type { DeviceSummary, NewRunEvent } from "./events.ts";
import { HandsWatch } from "./hands_watch.ts";
import type { HardwareAction } from "./hardware_action.ts";
import { HeldDevice } from "./held_device.ts";
import type { Operator } from "./operator.ts";
import type { RunProgress } from "./progress.ts";
import type { Step } from "./step.ts";

/** How long a device may be there without being readable (udev is still setting rights), ms. */
const UNREADABLE_GRACE_MS = 2_000;
/** The longest time between two looks at the bus, ms. */
const LOOK_INTERVAL_MS = 250;

export interface RunContextOptions {
  readonly board: Board;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly finder: DeviceFinder;
  /** Left out: this host has no serial ports. */
  readonly serial?: SerialBus;
  readonly operator: Operator;
  readonly simulated: boolean;
  /** The only port the run may use (`--port`). */
  readonly port?: string;
  /** Deadline for hands to move, ms (`--timeout`). */
  readonly hardwareDeadlineMs: number;
  readonly progress: RunProgress;
  emit(event: NewRunEvent): void;
}

/** The bench of one run: it knows which port the run's camera is on, and turns calls into events. */
export class RunContext implements StepContext {
  readonly board: Board;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly usb: UsbBus;
  readonly serial: SerialBus;
  readonly operator: Operator;
  readonly simulated: boolean;
  /** What `read` jobs handed over. */
  readonly outputs = new Map<string, Uint8Array>();
  /** Steps that began to change the camera. */
  readonly changed = new Set<string>();
  /** What was found out about which board it is. */
  readonly evidence: string[] = [];
  readonly #options: RunContextOptions;
  readonly #held: HeldDevice;
  #port: string | undefined;
  /** The last `connected` event, as text. */
  #connected = "";
  #step: Step | undefined;
  #title = "";
  #lastSeen = "";
  /** While hands move. */
  #hands: HandsWatch | undefined;

  constructor(options: RunContextOptions) {
    this.board = options.board;
    this.clock = options.clock;
    this.signal = options.signal;
    this.usb = options.finder.bus;
    this.serial = options.serial ?? noSerialPorts;
    this.operator = options.operator;
    this.simulated = options.simulated;
    this.#options = options;
    this.#held = new HeldDevice(this);
    this.#port = options.port;
  }

  /** @param title what progress is told under from now on. */
  beginStep(step: Step, title: string): void {
    this.#step = step;
    this.#title = title;
  }

  /** The camera as it was met last. */
  get camera(): DeviceSummary | undefined {
    return this.#connected ? JSON.parse(this.#connected) : undefined;
  }

  async detected(modes: readonly Mode[]): Promise<DetectedDevice | undefined> {
    const { detectedDevices } = await this.#options.finder.look(this.signal);
    const fits = detectedDevices.filter((one) => modes.includes(one.mode) && this.#isOurs(one));
    return fits.length === 0 ? undefined : await this.#bind(fits);
  }

  async waitFor(expectation: Expectation): Promise<DetectedDevice> {
    const deadlineMs = expectation.deadlineMs ?? this.#options.hardwareDeadlineMs;
    this.#options.emit({ type: "waiting", waitingFor: expectation.what, deadlineMs });
    const signal = expectation.signal
      ? AbortSignal.any([this.signal, expectation.signal])
      : this.signal;
    return await this.#told(
      expectation.what,
      () => this.#wait(expectation, deadlineMs, signal),
    );
  }

  /** Tells the end of a wait that was told. */
  async #told<T>(waitingFor: string, wait: () => Promise<T>): Promise<T> {
    try {
      return await wait();
    } finally {
      this.#options.emit({ type: "awaited", waitingFor });
    }
  }

  async request(
    actions: readonly HardwareAction[],
    expectation: Expectation,
  ): Promise<DetectedDevice> {
    const deadlineMs = expectation.deadlineMs ?? this.#options.hardwareDeadlineMs;
    return await this.#withHands(
      actions,
      { what: expectation.what, deadlineMs, modes: expectation.modes },
      (signal) => this.#wait(expectation, deadlineMs, signal),
    );
  }

  async requestWhile<T>(
    actions: readonly HardwareAction[],
    { what, deadlineMs: ms = this.#options.hardwareDeadlineMs }: {
      readonly what: string;
      readonly deadlineMs?: number;
    },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return await this.#withHands(
      actions,
      { what, deadlineMs: ms },
      (signal) => withDeadline(this.clock, { ms, what, signal }, work),
    );
  }

  /** Hands move, or are asked to, while `watch` waits for the effect. */
  async #withHands<T>(
    actions: readonly HardwareAction[],
    { what: waitingFor, deadlineMs, modes }: {
      readonly what: string;
      readonly deadlineMs: number;
      readonly modes?: readonly Mode[];
    },
    watch: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    await this.#held.close();
    this.#options.emit({ type: "hardware", actions, waitingFor, deadlineMs });
    const hands = new HandsWatch({
      clock: this.clock,
      board: this.board,
      actions,
      modes,
      port: this.#port,
      emit: (event) => this.#options.emit(event),
    });
    this.#hands = hands;
    const move = () =>
      this.#options.progress.paused(async () => {
        const stop = new AbortController();
        const signal = AbortSignal.any([this.signal, stop.signal]);
        const moved = this.operator.perform(actions, this.board, signal, hands);
        const seen = watch(signal);
        try {
          return await Promise.race([seen, moved.then(() => seen)]);
        } finally {
          stop.abort();
          await Promise.allSettled([moved, seen]);
        }
      });
    try {
      return await this.#told(waitingFor, move);
    } finally {
      this.#hands = undefined;
    }
  }

  heldDevice(start: StartSession<unknown>): DetectedDevice | undefined {
    return this.#held.detected(start);
  }

  async withOpen<S, T>(
    detected: DetectedDevice,
    start: StartSession<S>,
    work: (session: S) => Promise<T>,
  ): Promise<T> {
    return await this.#held.use(detected, start, work);
  }

  /** Closes what is still open; the last call of a run. */
  async close(): Promise<void> {
    await this.#held.close();
  }

  async waitGone(detected: DetectedDevice, deadlineMs: number): Promise<void> {
    const what = `the device on port ${portOf(detected)} to leave the bus`;
    const { address, bus, portPath } = detected.seen.usb;
    const until = this.clock.now() + deadlineMs;
    while (true) {
      const there = (await this.usb.list()).some((info) =>
        info.bus === bus && info.address === address && info.portPath === portPath
      );
      if (!there) return;
      await this.#nextLook(until, what, this.signal, []);
    }
  }

  progress(done: number, total: number, unit: "bytes" | "milliseconds" = "bytes"): void {
    const step = this.#step;
    if (!step) return;
    const bytes = unit === "bytes" ? done : undefined;
    const fraction = this.#options.progress.at(step, total > 0 ? done / total : 1, bytes);
    const title = this.#title;
    this.#options.emit({ type: "progress", step: step.id, title, done, total, unit, ...fraction });
  }

  markChanged(what: string): void {
    const step = this.#step?.id ?? "";
    if (this.changed.has(step)) return;
    this.changed.add(step);
    this.#options.emit({ type: "changing", step, what });
  }

  note(text: string): void {
    this.#options.emit({ type: "note", text });
  }

  identified(text: string): void {
    this.evidence.push(text);
    this.note(text);
  }

  output(name: string, bytes: Uint8Array): void {
    this.outputs.set(name, bytes);
    this.#options.emit({ type: "output", name, bytes: bytes.length });
  }

  async #wait(
    expectation: Expectation,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<DetectedDevice> {
    const start = this.clock.now();
    let unreadableSince: number | undefined;
    while (true) {
      const look = await this.#options.finder.look(signal);
      const fits = look.detectedDevices.filter((one) =>
        expectation.modes.includes(one.mode) && this.#isOurs(one, expectation) &&
        (expectation.accept?.(one) ?? true)
      );
      const usable = fits.filter(isUsable);
      if (usable.length === 0) this.#hands?.saw(look.detectedDevices);
      this.#tellSeen(look, usable.length === 0 ? this.#hands?.mistake : undefined);
      if (usable.length > 0) return await this.#bind(usable);
      this.#refuseMove(look, expectation);
      const unreadable = fits[0]?.seen.unreadable ?? this.#unrecognised(look);
      if (!unreadable) unreadableSince = undefined;
      else {
        unreadableSince ??= this.clock.now();
        if (this.clock.now() - unreadableSince >= UNREADABLE_GRACE_MS) throw unreadable;
      }
      // Who is led through the actions one by one has the time for each of them.
      const until = Math.max(start, this.#hands?.beganAt ?? start) + deadlineMs;
      await this.#nextLook(until, expectation.what, signal, look.detectedDevices);
    }
  }

  /** The camera is this board, and on the run's port (or proven to be the same one elsewhere). */
  #isOurs(detected: DetectedDevice, expectation?: Expectation): boolean {
    if (!detected.boardIds.includes(this.board.id)) return false;
    const port = portOf(detected);
    if (this.#port === undefined || port === this.#port) return true;
    return this.#options.port === undefined && (expectation?.isSameUnit?.(detected) ?? false);
  }

  /** Ends the wait of a run that may use one port only, when its camera shows itself on another. */
  #refuseMove({ elsewhere = [] }: Look, expectation: Expectation): void {
    const moved = elsewhere.find((one) =>
      one.boardIds.includes(this.board.id) && expectation.isSameUnit?.(one)
    );
    if (!moved) return;
    const port = portOf(moved);
    throw new UnbrickError(
      "disconnected",
      `The camera was unplugged from port ${this.#port} and is now on port ${port}.`,
      { port: this.#port ?? null, movedTo: port },
    );
  }

  /** Why a device on the run's port could be neither read nor recognised. */
  #unrecognised({ detectedDevices, unreadable }: Look): UnbrickError | undefined {
    return unreadable.find(({ usb }) =>
      (this.#port === undefined || usb.portPath === this.#port) &&
      !detectedDevices.some((one) => one.seen.usb === usb)
    )?.unreadable;
  }

  /** Binds the run to the port of the one that fits; asks when there are several. */
  async #bind(fits: readonly DetectedDevice[]): Promise<DetectedDevice> {
    const chosen = fits.find((one) => portOf(one) === this.#port) ??
      (fits.length === 1 ? fits[0] : await this.operator.choose(
        `${fits.length} devices may be the ${this.board.name}. Which one is it?`,
        fits.map((one) => ({
          value: one,
          label: `port ${portOf(one)}`,
          hint: [one.title, one.seen.serial].filter(Boolean).join(", "),
        })),
        this.signal,
      ));
    this.#port = portOf(chosen);
    const detected = summarise(chosen);
    const text = JSON.stringify(detected);
    if (this.#connected !== text) {
      this.#connected = text;
      this.#options.emit({ type: "connected", detected });
    }
    return chosen;
  }

  async #nextLook(
    until: number,
    what: string,
    signal: AbortSignal,
    seen: readonly DetectedDevice[],
  ): Promise<void> {
    throwIfAborted(signal);
    const left = until - this.clock.now();
    if (left <= 0) {
      const instead = seen.map((one) => `${one.title} on port ${portOf(one)}`).join("; ");
      throw new UnbrickError(
        "timeout",
        `Waited for ${what}, but it did not come` + (instead ? `; seen instead: ${instead}.` : "."),
        { what, seen: instead || null, port: this.#port ?? null },
      );
    }
    await this.usb.changed({ timeoutMs: Math.min(left, LOOK_INTERVAL_MS), signal });
  }

  #tellSeen({ detectedDevices }: Look, mistake: string | undefined): void {
    const summaries = detectedDevices.map(summarise);
    const text = JSON.stringify({ summaries, mistake });
    if (text === this.#lastSeen) return;
    this.#lastSeen = text;
    this.#options.emit({ type: "seen", detectedDevices: summaries, ...(mistake && { mistake }) });
  }
}

const noSerialPorts: SerialBus = {
  list: () => Promise.resolve([]),
  open: ({ path }) =>
    Promise.reject(
      new UnbrickError("not-found", "This run has no access to serial ports.", { path }),
    ),
};

/** A detected device as events and reports carry it. */
export function summarise(detected: DetectedDevice): DeviceSummary {
  const { usb, serial } = detected.seen;
  return {
    port: usb.portPath,
    mode: detected.mode,
    usbId: usbId(usb.descriptor.idVendor, usb.descriptor.idProduct),
    title: detected.title,
    boardIds: detected.boardIds,
    serial,
  };
}
