import type { Clock } from "../common/clock.ts";
import { UnbrickError } from "../common/errors.ts";
import type { Board } from "../family/board.ts";
import type { SerialBus } from "../transport/serial/port.ts";
import type { UsbBus } from "../transport/usb/device.ts";
import type { CameraAccess, Expectation, SessionKind } from "./camera_access.ts";
import {
  type DetectedDevice,
  isUsable,
  type Mode,
  portOf,
  type SeenDevice,
} from "./detected_device.ts";
import type { DeviceFinder, Look } from "./finder.ts";
import { HeldSession } from "./held_session.ts";
import { type LookResult, lookUntil } from "./look_until.ts";
import { waitGone } from "./wait_gone.ts";
import { joined, type Text, text, type Words } from "../common/text.ts";

export interface BoundCameraOptions {
  readonly board: Board;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly finder: DeviceFinder;
  /** If omitted, this host has no serial ports. */
  readonly serial?: SerialBus;
  /** The only port that may be used (`--port`). */
  readonly port?: string;
  /** Deadline of a wait that names none, ms (`--timeout`). */
  readonly deadlineMs: number;
  /** Asked when several devices fit. Left out: the first one is taken. */
  choose?(fits: readonly DetectedDevice[]): Promise<DetectedDevice>;
  /** The camera was found, on its port. */
  onFound?(device: DetectedDevice): void;
  /** One look during a wait; `isOver` if it ended the wait. */
  onLook?(look: Look, isOver: boolean): void;
}

/** How a wait is carried out. */
export interface WaitOptions {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Time by the clock from which the deadline counts, asked after each look. Left out: from now on. */
  countsFrom?(): number | undefined;
}

/** Finds one camera on the bus, waits for it, stays with its port, and talks to it. */
export class BoundCamera implements CameraAccess {
  readonly board: Board;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly usb: UsbBus;
  readonly serial: SerialBus;
  readonly #options: BoundCameraOptions;
  readonly #held = new HeldSession(this);
  readonly #learned = new Map<() => object, object>();
  #port: string | undefined;

  constructor(options: BoundCameraOptions) {
    this.board = options.board;
    this.clock = options.clock;
    this.signal = options.signal;
    this.usb = options.finder.bus;
    this.serial = options.serial ?? noSerialPorts;
    this.#options = options;
    this.#port = options.port;
  }

  /** The port that it is bound to, `1-1.3`; undefined while it was not found yet. */
  get port(): string | undefined {
    return this.#port;
  }

  async detected(modes: readonly Mode[]): Promise<DetectedDevice | undefined> {
    const { detectedDevices } = await this.#look(this.signal);
    const fits = detectedDevices.filter((one) => modes.includes(one.mode) && this.#isOurs(one));
    const usable = fits.filter(isUsable);
    const chosen = usable.length > 0 ? usable : fits.filter((one) => !this.#isNeighbour(one.seen));
    return chosen.length === 0 ? undefined : await this.#bind(chosen);
  }

  async waitFor(expectation: Expectation): Promise<DetectedDevice> {
    const { deadlineMs = this.#options.deadlineMs, signal } = expectation;
    return await this.wait(expectation, {
      deadlineMs,
      signal: signal ? AbortSignal.any([this.signal, signal]) : this.signal,
    });
  }

  /** As waitFor, where the caller says how long. */
  async wait(
    expectation: Expectation,
    { deadlineMs, signal, countsFrom }: WaitOptions,
  ): Promise<DetectedDevice> {
    await this.close();
    const start = this.clock.now();
    let last: readonly DetectedDevice[] = [];
    return await lookUntil(async () => {
      const look = await this.#look(signal);
      last = look.detectedDevices;
      return await this.#evaluate(look, expectation);
    }, {
      bus: this.usb,
      clock: this.clock,
      signal,
      until: () => Math.max(start, countsFrom?.() ?? start) + deadlineMs,
      makeTimeout: () => this.#timeoutError(expectation.what, last),
    });
  }

  async waitGone(device: DetectedDevice, deadlineMs: number): Promise<void> {
    await this.close();
    await waitGone(device.seen.usb, { ...this, bus: this.usb }, deadlineMs);
  }

  async use<S, T>(kind: SessionKind<S>, work: (session: S) => Promise<T>): Promise<T> {
    const device = await this.detected(kind.modes);
    if (device) return await this.#held.use(device, kind, work);
    throw new UnbrickError(
      "disconnected",
      text`The ${this.board.name} has left ${kind.name}.`,
      { board: this.board.id },
    );
  }

  learned<T extends object>(make: () => T): T {
    const known = this.#learned.get(make) ?? make();
    this.#learned.set(make, known);
    return known as T;
  }

  /** Closes what is still open. */
  async close(): Promise<void> {
    await this.#held.close();
  }

  async #evaluate(look: Look, expectation: Expectation): Promise<LookResult<DetectedDevice>> {
    const fits = look.detectedDevices.filter((one) =>
      expectation.modes.includes(one.mode) && this.#isOurs(one, expectation) &&
      (expectation.accept?.(one) ?? true)
    );
    const usable = fits.filter(isUsable);
    this.#options.onLook?.(look, usable.length > 0);
    if (usable.length > 0) return { found: await this.#bind(usable) };
    this.#refuseMove(look, expectation);
    const [blocking] = [...fits.map(({ seen }) => seen), ...this.#unrecognised(look)]
      .filter((seen) => !this.#isNeighbour(seen));
    return { blocked: blocking?.unreadable };
  }

  #look(signal: AbortSignal): Promise<Look> {
    return this.#options.finder.look(signal, { port: this.#options.port });
  }

  /** True for a device that does not answer, as long as no port tells that it is our camera. */
  #isNeighbour({ unreadable }: SeenDevice): boolean {
    return this.#port === undefined && unreadable?.kind === "timeout";
  }

  /** The camera is this board, and on its port (or proven to be the same one elsewhere). */
  #isOurs(device: DetectedDevice, expectation?: Expectation): boolean {
    if (!device.boardIds.includes(this.board.id)) return false;
    const port = portOf(device);
    if (this.#port === undefined || port === this.#port) return true;
    return this.#options.port === undefined && (expectation?.isSameUnit?.(device) ?? false);
  }

  /** Ends the wait where one port only may be used, when the camera shows itself on another. */
  #refuseMove({ elsewhere = [] }: Look, expectation: Expectation): void {
    const moved = elsewhere.find((one) =>
      one.boardIds.includes(this.board.id) && expectation.isSameUnit?.(one)
    );
    if (!moved) return;
    const port = portOf(moved);
    throw new UnbrickError(
      "disconnected",
      text`The camera was moved from port ${String(this.#port)} to port ${port}.`,
      { port: this.#port ?? null, movedTo: port },
    );
  }

  /** Devices on the camera's port that could be neither read nor recognised. */
  #unrecognised({ detectedDevices, unreadable }: Look): readonly SeenDevice[] {
    return unreadable.filter(({ usb }) =>
      (this.#port === undefined || usb.portPath === this.#port) &&
      !detectedDevices.some((one) => one.seen.usb === usb)
    );
  }

  /** Binds to the port of the one that fits; asks when there are several. */
  async #bind(fits: readonly DetectedDevice[]): Promise<DetectedDevice> {
    const { choose, onFound } = this.#options;
    const chosen = fits.find((one) => portOf(one) === this.#port) ??
      (fits.length > 1 && choose ? await choose(fits) : fits[0]);
    this.#port = portOf(chosen);
    onFound?.(chosen);
    return chosen;
  }

  #timeoutError(what: Words, seen: readonly DetectedDevice[]): UnbrickError {
    const instead = joined(seen.map(describe), text`; `);
    return new UnbrickError(
      "timeout",
      seen.length > 0
        ? text`Waited for ${what}, but it did not appear. Seen instead: ${instead}.`
        : text`Waited for ${what}, but it did not appear.`,
      { what: String(what), seen: String(instead) || null, port: this.#port ?? null },
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

const noSerialPorts: SerialBus = {
  list: () => Promise.resolve([]),
  open: ({ path }) =>
    Promise.reject(
      new UnbrickError("not-found", text`This run has no access to serial ports.`, { path }),
    ),
};
