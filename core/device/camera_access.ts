import type { Clock } from "../common/clock.ts";
import type { Board } from "../family/board.ts";
import type { SerialBus } from "../transport/serial/port.ts";
import type { UsbBus, UsbDevice } from "../transport/usb/device.ts";
import type { DetectedDevice, Mode } from "./detected_device.ts";
import type { UnitId } from "./unit_id.ts";
import type { Words } from "../common/text.ts";

/** Describes the device to wait for on the bus. */
export interface Expectation {
  /** For people: "the camera in its ROM bootloader". */
  readonly what: Words;
  readonly modes: readonly Mode[];
  /** Checks further, for example the names of alternate settings. */
  accept?(device: DetectedDevice): boolean;
  /** Milliseconds. Default: the deadline for hardware actions (`--timeout`). */
  readonly deadlineMs?: number;
  /** Ends the wait early with the signal's reason, in addition to the camera's own signal. */
  readonly signal?: AbortSignal;
}

/** A way to talk to a camera in some of its modes. Each protocol of a family is one constant. */
export interface SessionKind<S> {
  /** The modes in which the camera supports it. */
  readonly modes: readonly Mode[];
  /** For people: "its ROM bootloader". */
  readonly name: Words;
  /** Starts a session on a device that was just opened. The device is closed if this throws. */
  start(device: UsbDevice, detected: DetectedDevice, camera: CameraAccess): Promise<S>;
}

/**
 * Access to one camera: finds it, waits for it and talks to it. Bound to the camera by its port.
 */
export interface CameraAccess {
  readonly board: Board;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly usb: UsbBus;
  readonly serial: SerialBus;

  /** Returns the camera if it is on the bus in one of the modes. */
  detected(modes: readonly Mode[]): Promise<DetectedDevice | undefined>;
  /**
   * Waits until the camera is seen as expected, and binds to its port. Once bound, a device whose
   * ids contradict those of this camera is never accepted, and another port only if they prove that
   * it is the same one (`Board.isSameUnit`).
   * @throws UnbrickError `timeout` (names what was waited for and what was seen instead),
   * `wrong-board` if another camera is on this one's port instead, `permission` / `driver` / `busy`
   * if the device is present but cannot be opened.
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
   * Talks to the camera. The device stays open between calls, so that `start` runs once. It is
   * closed when `work` fails, before any wait, when a session of another kind starts, and at the
   * end.
   * @throws UnbrickError `disconnected` if the camera is not in a mode of this kind
   */
  use<S, T>(kind: SessionKind<S>, work: (session: S) => Promise<T>): Promise<T>;
  /**
   * Returns an object for facts learned about this camera, which steps may read and change. `make`
   * creates the object at the first call and is its key. Steps store here what later steps need,
   * never in themselves.
   */
  learned<T extends object>(make: () => T): T;
}
