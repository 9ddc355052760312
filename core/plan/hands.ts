import type { HardwareAction } from "./hardware_action.ts";
import type { Words } from "../common/text.ts";

/** Who tells that hands have done an action: the bus shows it, or only the person can say so. */
export type ToldBy = "bus" | "person";

/** What the bus shows of the run's camera while hands move. */
export interface BusNow {
  /** The camera is on the bus, in any mode, or was a moment ago. */
  readonly isThere: boolean;
  /** What came instead of what is waited for, as one sentence; undefined if nothing did. */
  readonly mistake?: Words;
}

/** For whoever leads a person through hardware actions one by one. */
export interface Hands {
  /** This action is the one to do now, and this is who will tell that it is done. */
  begin(action: HardwareAction, toldBy: ToldBy): void;
  done(action: HardwareAction, toldBy: ToldBy): void;
  /**
   * Waits until the bus is as `fits` wants it, at once if it is so already.
   * @throws UnbrickError `cancelled` when the signal aborts
   */
  until(fits: (now: BusNow) => boolean, signal: AbortSignal): Promise<BusNow>;
}
