import type { Board } from "../family/board.ts";
import type { Clock } from "../common/clock.ts";
import type { DetectedDevice, Mode } from "../device/detected_device.ts";
import type { SerialBus } from "../transport/serial/port.ts";
import type { UsbBus, UsbDevice } from "../transport/usb/device.ts";
import type { HardwareAction } from "./hardware_action.ts";
import type { Operator } from "./operator.ts";

/** What is waited for on the bus. */
export interface Expectation {
  /** For people: "the camera in its ROM bootloader". */
  readonly what: string;
  readonly modes: readonly Mode[];
  /** Narrows further, for example by alternate-setting name. */
  accept?(detected: DetectedDevice): boolean;
  /**
   * True if the device is proven to be this run's camera (a serial number that carries over), so that
   * it may come back on another port. Left out: it must come back on the same port.
   */
  isSameUnit?(detected: DetectedDevice): boolean;
  /** Default: the run's own deadline for hardware actions (`--timeout`). */
  readonly deadlineMs?: number;
  /** Ends the wait early with its reason, besides the run's own signal. */
  readonly signal?: AbortSignal;
}

/** Makes a session of a device that was just opened; one function for each kind of session. */
export type StartSession<S> = (
  device: UsbDevice,
  detected: DetectedDevice,
  context: StepContext,
) => Promise<S>;

/** What a step may use. Made by the engine, one for each run; bound to one camera by its port. */
export interface StepContext {
  readonly board: Board;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly usb: UsbBus;
  readonly serial: SerialBus;
  readonly operator: Operator;
  /** True if the devices on this bus are simulated ones. */
  readonly simulated: boolean;

  /** The camera of this run as it is on the bus now in one of the modes, if it is. */
  detected(modes: readonly Mode[]): Promise<DetectedDevice | undefined>;
  /**
   * Waits until this run's camera is seen as expected, and binds the run to its port. Once bound,
   * another port is only accepted if `isSameUnit` says so: two cameras are never mixed up.
   * @throws UnbrickError `timeout` (names what was waited for and what was seen instead),
   * `permission` / `driver` / `busy` if the device is there and cannot be opened.
   */
  waitFor(expectation: Expectation): Promise<DetectedDevice>;
  /** Asks for hardware actions and waits for their effect. */
  request(actions: readonly HardwareAction[], expectation: Expectation): Promise<DetectedDevice>;
  /**
   * Asks for hardware actions whose effect does not show on the bus: `work` watches for it. Its signal
   * aborts at the deadline, by default that of `request`.
   */
  requestWhile<T>(
    actions: readonly HardwareAction[],
    awaited: { readonly what: string; readonly deadlineMs?: number },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  /** The device that `withOpen` keeps open for sessions of this kind: no look at the bus is needed. */
  heldDevice(start: StartSession<unknown>): DetectedDevice | undefined;
  /**
   * Works with a device that stays open from step to step: `start` is only called if it is not open yet.
   * It is closed before hands are asked to move, when `work` fails, when another device is opened here,
   * and at the end of the run.
   */
  withOpen<S, T>(
    detected: DetectedDevice,
    start: StartSession<S>,
    work: (session: S) => Promise<T>,
  ): Promise<T>;
  /** Waits until the run's device has left the bus. @throws UnbrickError `timeout`. */
  waitGone(detected: DetectedDevice, deadlineMs: number): Promise<void>;

  /** Progress inside the running step, in bytes (or any unit when `unit` says so). Never goes back. */
  progress(done: number, total: number, unit?: "bytes" | "milliseconds"): void;
  /** Must be called just before the first transfer of a step that changes the camera. */
  markChanged(what: string): void;
  /** Something worth telling, that is neither progress nor proof. */
  note(text: string): void;
  /** A sentence of evidence about which board this is: a note that the summary repeats. */
  identified(text: string): void;
  /** Hands over what a `read` job read. */
  output(name: string, bytes: Uint8Array): void;
}
