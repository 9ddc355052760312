import type { Clock } from "../common/clock.ts";
import { isKind, UnbrickError } from "../common/errors.ts";
import type { Board } from "../family/board.ts";
import type { SerialBus } from "../transport/serial/port.ts";
import type { UsbBus } from "../transport/usb/device.ts";
import type { CameraAccess, Expectation, SessionKind } from "./camera_access.ts";
import {
  type DetectedDevice,
  isUsable,
  type Mode,
  portOf,
  type UnusableDevice,
} from "./detected_device.ts";
import type { DeviceFinder, Look } from "./finder.ts";
import { HeldSession } from "./held_session.ts";
import { KnownUnit } from "./known_unit.ts";
import { type LookResult, lookUntil } from "./look_until.ts";
import { ReceivedBytes } from "./received_bytes.ts";
import { type UnitId, unitIdOf } from "./unit_id.ts";
import { waitGone } from "./wait_gone.ts";
import { joined, type Text, text } from "../common/text.ts";

export interface BoundCameraOptions {
  readonly board: Board;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly finder: DeviceFinder;
  /** If omitted, this host has no serial ports. */
  readonly serial?: SerialBus;
  /** The only port that the run may use (`--port`). */
  readonly port?: string;
  /** Default deadline of a wait, ms (`--timeout`). */
  readonly deadlineMs: number;
  /** Chooses between several matching devices. If omitted, the first one is used. */
  choose?(fits: readonly DetectedDevice[]): Promise<DetectedDevice>;
  /** Called when the camera is found. */
  onFound?(device: DetectedDevice): void;
  /** It came back, and only the port tells that it is the same camera. */
  onUnproven?(device: DetectedDevice): void;
  /** Called after each look at the bus during a wait; `isOver` is true if it ended the wait. */
  onLook?(look: Look, isOver: boolean): void;
}

/** Options of one wait. */
export interface WaitOptions {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /**
   * Returns the clock time from which the deadline counts; called after each look. If omitted, the
   * deadline counts from the start of the wait.
   */
  countsFrom?(): number | undefined;
}

/** Finds one camera on the bus, binds to its port, waits for it and talks to it. */
export class BoundCamera implements CameraAccess {
  readonly board: Board;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly usb: UsbBus;
  readonly serial: SerialBus;
  readonly #options: BoundCameraOptions;
  readonly #received = new ReceivedBytes();
  readonly #held = new HeldSession(this);
  readonly #learned = new Map<() => object, object>();
  readonly #unit: KnownUnit;
  #port: string | undefined;

  constructor(options: BoundCameraOptions) {
    this.board = options.board;
    this.clock = options.clock;
    this.signal = options.signal;
    this.usb = this.#received.usb(options.finder.bus);
    this.serial = this.#received.serial(options.serial ?? noSerialPorts);
    this.#options = options;
    this.#port = options.port;
    this.#unit = new KnownUnit(options.board);
  }

  /** Every id that the camera has shown. */
  get unitIds(): readonly UnitId[] {
    return this.#unit.all;
  }

  /** The port of the camera, `1-1.3`; undefined until the camera is found. */
  get port(): string | undefined {
    return this.#port;
  }

  /** Bytes that devices and ports opened through this camera have sent. */
  get receivedBytes(): number {
    return this.#received.total;
  }

  async detected(modes: readonly Mode[]): Promise<DetectedDevice | undefined> {
    return await this.#among(await this.#detectedDevices(), modes);
  }

  async #among(
    detectedDevices: readonly DetectedDevice[],
    modes: readonly Mode[],
  ): Promise<DetectedDevice | undefined> {
    const fits = detectedDevices.filter((one) => modes.includes(one.mode) && this.#isOurs(one));
    const usable = fits.filter(isUsable);
    const chosen = usable.length > 0
      ? usable
      : fits.filter((one) => !this.#isOfNeighbour(one.seen.unreadable));
    return chosen.length === 0 ? undefined : await this.#bind(chosen);
  }

  async waitFor(expectation: Expectation): Promise<DetectedDevice> {
    const { deadlineMs = this.#options.deadlineMs, signal } = expectation;
    return await this.wait(expectation, {
      deadlineMs,
      signal: signal ? AbortSignal.any([this.signal, signal]) : this.signal,
    });
  }

  /** Works like `waitFor`, with a deadline and signal from the caller. */
  async wait(
    expectation: Expectation,
    { deadlineMs, signal, countsFrom }: WaitOptions,
  ): Promise<DetectedDevice> {
    await this.close();
    const start = this.clock.now();
    let last: Look = { detectedDevices: [], unusable: [] };
    let swapped: UnbrickError | undefined;
    return await lookUntil(async () => {
      const look = await this.#look(signal);
      last = look;
      swapped = this.#swapped(last.detectedDevices) ?? swapped;
      return await this.#evaluate(look, expectation);
    }, {
      bus: this.usb,
      clock: this.clock,
      signal,
      until: () => Math.max(start, countsFrom?.() ?? start) + deadlineMs,
      makeTimeout: () => swapped ?? this.#timeoutError(expectation, last),
    });
  }

  async waitGone(device: DetectedDevice, deadlineMs: number): Promise<void> {
    await this.close();
    await waitGone(device.seen.usb, { ...this, bus: this.usb }, deadlineMs);
  }

  async use<S, T>(kind: SessionKind<S>, work: (session: S) => Promise<T>): Promise<T> {
    const detectedDevices = await this.#detectedDevices();
    const device = await this.#among(detectedDevices, kind.modes);
    if (device) return await this.#held.use(device, kind, work);
    throw this.#swapped(detectedDevices) ?? new UnbrickError(
      "disconnected",
      text`The ${this.board.name} has left ${kind.name}.`,
      { board: this.board.id },
    );
  }

  remember(id: UnitId): void {
    if (this.#unit.isSame(id) === false) throw this.#another(id.id);
    this.#unit.remember(id);
  }

  /** False if the device is certainly not this run's camera; undefined if its ids do not tell. */
  isSameUnit(device: DetectedDevice): boolean | undefined {
    return this.#unit.isSameDevice(device);
  }

  learned<T extends object>(make: () => T): T {
    const known = this.#learned.get(make) ?? make();
    this.#learned.set(make, known);
    return known as T;
  }

  /** Closes the device if it is still open. */
  async close(): Promise<void> {
    await this.#held.close();
  }

  async #evaluate(look: Look, expectation: Expectation): Promise<LookResult<DetectedDevice>> {
    const fits = look.detectedDevices.filter((one) =>
      expectation.modes.includes(one.mode) && this.#isOurs(one) &&
      (expectation.accept?.(one) ?? true)
    );
    const usable = fits.filter(isUsable);
    this.#options.onLook?.(look, usable.length > 0);
    if (usable.length > 0) return { found: await this.#bind(usable) };
    this.#refuseMove(look);
    const [blocked] = [
      ...fits.flatMap(({ seen }) => seen.unreadable ?? []),
      ...this.#unrecognised(look).map(({ reason }) => reason),
    ].filter((reason) => !this.#isOfNeighbour(reason));
    return { blocked };
  }

  async #detectedDevices(): Promise<readonly DetectedDevice[]> {
    const scope = { port: this.#options.port, onlyAnswering: true };
    return (await this.#options.finder.look(this.signal, scope)).detectedDevices;
  }

  #look(signal: AbortSignal): Promise<Look> {
    return this.#options.finder.look(signal, { port: this.#options.port });
  }

  /**
   * True for the reason of a device that does not answer or is no camera, as long as no port tells that
   * it is in the place of ours.
   */
  #isOfNeighbour(reason: UnbrickError | undefined): boolean {
    return this.#port === undefined && reason !== undefined &&
      isKind(reason, "timeout", "wrong-board");
  }

  /**
   * Returns true if the device is this board on its port, or is proven to be the same camera on
   * another port.
   */
  #isOurs(device: DetectedDevice): boolean {
    if (!device.boardIds.includes(this.board.id)) return false;
    const isSame = this.#unit.isSameDevice(device);
    if (this.#port === undefined || portOf(device) === this.#port) return isSame !== false;
    return this.#options.port === undefined && isSame === true;
  }

  /** What to say if another camera is in this one's place. */
  #swapped(detectedDevices: readonly DetectedDevice[]): UnbrickError | undefined {
    const other = detectedDevices.find((one) =>
      one.boardIds.includes(this.board.id) && portOf(one) === this.#port &&
      this.#unit.isSameDevice(one) === false
    );
    return other && this.#another(unitIdOf(other)!.id);
  }

  #another(found: string): UnbrickError {
    return new UnbrickError(
      "wrong-board",
      text`Another camera was connected instead of the ${this.board.name} of this run: its id is
        ${found}. unbrick does not change it. The first camera, ${this.#unit.ids}, is in the
        state after the previous step.`,
      { board: this.board.id, otherCamera: found, port: this.#port ?? null },
    );
  }

  /** Ends the wait if only one port may be used and the camera appears on another. */
  #refuseMove({ elsewhere = [] }: Look): void {
    const moved = elsewhere.find((one) =>
      one.boardIds.includes(this.board.id) && this.#unit.isSameDevice(one)
    );
    if (!moved) return;
    const port = portOf(moved);
    throw new UnbrickError(
      "disconnected",
      text`The camera was moved from port ${String(this.#port)} to port ${port}.`,
      { port: this.#port ?? null, movedTo: port },
    );
  }

  /** Returns the devices on the camera's port that could be neither read nor recognised. */
  #unrecognised({ detectedDevices, unusable }: Look): readonly UnusableDevice[] {
    return unusable.filter(({ seen: { usb } }) =>
      (this.#port === undefined || usb.portPath === this.#port) &&
      !detectedDevices.some((one) => one.seen.usb === usb)
    );
  }

  /**
   * Binds to the port of the matching device; asks if there are several. Running firmware that does not
   * answer may be anybody's: what the technician brings into another mode decides.
   */
  async #bind(fits: readonly DetectedDevice[]): Promise<DetectedDevice> {
    const { choose, onFound, onUnproven } = this.#options;
    const chosen = fits.find((one) => portOf(one) === this.#port) ??
      (fits.length > 1 && choose ? await choose(fits) : fits[0]);
    if (fits.length > 1 || !this.#isOfNeighbour(chosen.seen.unreadable)) {
      this.#port = portOf(chosen);
    }
    const isProven = this.#unit.arrived(chosen);
    onFound?.(chosen);
    if (!isProven) onUnproven?.(chosen);
    return chosen;
  }

  #timeoutError(
    { what, modes }: Expectation,
    { detectedDevices, unusable, silent = [] }: Look,
  ): UnbrickError {
    const others = [...unusable, ...silent];
    const seen = [...detectedDevices.map(describe), ...others.flatMap(describeUnusable)];
    const instead = joined(seen, text`; `);
    const { romEntry } = this.board;
    const { port: onlyPort } = this.#options;
    const missed = onlyPort === undefined
      ? text`Waited for ${what}, but it did not appear.`
      : text`Waited for ${what} on port ${onlyPort}, but it did not appear there.`;
    return new UnbrickError(
      "timeout",
      seen.length > 0 ? text`${missed} Seen instead: ${instead}.` : missed,
      {
        ...(onlyPort !== undefined && { onlyPort }),
        what: String(what),
        seen: String(instead) || null,
        port: this.#port ?? null,
        ...silent[0]?.reason.data,
        ...(romEntry && modes.includes("rom") && { romEntry }),
      },
    );
  }
}

function describe(device: DetectedDevice): Text {
  const { title, seen: { unreadable } } = device;
  const port = portOf(device);
  return unreadable?.kind === "timeout"
    ? text`${title} on port ${port} (does not answer)`
    : text`${title} on port ${port}`;
}

function describeUnusable({ title, seen, reason }: UnusableDevice): Text[] {
  return title ? [text`${title} on port ${seen.usb.portPath} (${reason.text})`] : [];
}

const noSerialPorts: SerialBus = {
  list: () => Promise.resolve([]),
  open: ({ path }) =>
    Promise.reject(
      new UnbrickError("not-found", text`This run has no access to serial ports.`, { path }),
    ),
};
