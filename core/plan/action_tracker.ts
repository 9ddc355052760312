import type { HardwareAction } from "./hardware_action.ts";
import type { Words } from "../common/text.ts";

/** How the end of an action is confirmed: seen on the bus, or by the person pressing a key. */
export type ConfirmedBy = "bus" | "person";

/** What the bus shows of the run's camera while a person carries out actions. */
export interface CameraPresence {
  /** True if the camera is on the bus in any mode, or was a moment ago. */
  readonly isPresent: boolean;
  /** One sentence about an unexpected device that appeared; undefined if none did. */
  readonly mistake?: Words;
}

/** Tracks the hardware actions that a person carries out one by one. */
export interface ActionTracker {
  /** Starts an action. `confirmedBy` says how its end is confirmed. */
  begin(action: HardwareAction, confirmedBy: ConfirmedBy): void;
  done(action: HardwareAction, confirmedBy: ConfirmedBy): void;
  /**
   * Waits until `fits` returns true; returns at once if it already does.
   * @throws UnbrickError `cancelled` when the signal aborts
   */
  until(fits: (now: CameraPresence) => boolean, signal: AbortSignal): Promise<CameraPresence>;
}
