import type { Clock } from "../common/clock.ts";
import type { Board } from "../family/board.ts";
import type { SerialBus } from "../transport/serial/port.ts";
import type { UsbBus, UsbDevice } from "../transport/usb/device.ts";
import type { DetectedDevice, Mode } from "./detected_device.ts";
import type { UnitId } from "./unit_id.ts";
import type { Words } from "../common/text.ts";

/** The device that is waited for on the bus. */
export interface Expectation {
  /** For people: "the camera in its ROM bootloader". */
  readonly what: Words;
  readonly modes: readonly Mode[];
  /** Narrows further, for example by alternate-setting name. */
  accept?(device: DetectedDevice): boolean;
  /** Milliseconds. Default: the deadline for hardware actions (`--timeout`). */
  readonly deadlineMs?: number;
  /** Ends the wait early with its reason, besides the camera's own signal. */
  readonly signal?: AbortSignal;
}

/** A way to talk to a camera in one of its modes. One constant for each protocol of a family. */
export interface SessionKind<S> {
  /** The modes in which the camera speaks it. */
  readonly modes: readonly Mode[];
  /** For people: "its ROM bootloader". */
  readonly name: Words;
  /** Makes a session on a device that was just opened; it is closed if this throws. */
  start(device: UsbDevice, detected: DetectedDevice, camera: CameraAccess): Promise<S>;
}

/** What may be done with one camera: find it, wait for it, talk to it. Bound to it by its port. */
export interface CameraAccess {
  readonly board: Board;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly usb: UsbBus;
  readonly serial: SerialBus;

  /** Returns the camera as it is on the bus now in one of the modes, if it is. */
  detected(modes: readonly Mode[]): Promise<DetectedDevice | undefined>;
  /**
   * Waits until the camera is seen as expected, and binds to its port. Once bound, a device whose ids
   * contradict those of this camera is never accepted, and another port only if they prove that it is
   * the same one (`Board.isSameUnit`).
   * @throws UnbrickError `timeout` (names what was waited for and what was seen instead), `wrong-board`
   * if another camera is on this one's port instead,
   * `permission` / `driver` / `busy` if the device is there and cannot be opened.
   */
  waitFor(expectation: Expectation): Promise<DetectedDevice>;
  /**
   * Remembers an id that the camera told over a protocol, for comparison at each later arrival.
   * @throws UnbrickError `wrong-board` if it contradicts what this camera showed before
   */
  remember(id: UnitId): void;
  /** Waits until the device has left the bus. @throws UnbrickError `timeout`. */
  waitGone(device: DetectedDevice, deadlineMs: number): Promise<void>;
  /**
   * Talks to the camera. The device stays open from call to call, so that `start` runs once; it is
   * closed when `work` fails, before any wait, when a session of another kind begins, and at the end.
   * @throws UnbrickError `disconnected` if the camera is in none of the modes of this kind
   */
  use<S, T>(kind: SessionKind<S>, work: (session: S) => Promise<T>): Promise<T>;
  /**
   * Returns what has been learnt about this camera, to be read and changed; `make` makes it at the
   * first call and is its key. Steps keep here what later steps need, never in themselves.
   */
  learned<T extends object>(make: () => T): T;
}
