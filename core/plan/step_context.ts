import type { CameraAccess, Expectation } from "../device/camera_access.ts";
import type { DetectedDevice } from "../device/detected_device.ts";
import type { UnitId } from "../device/unit_id.ts";
import type { HardwareAction } from "./hardware_action.ts";
import type { MemoryRange, OnRead, ReadBack } from "./read_back.ts";
import type { Words } from "../common/text.ts";

/**
 * What a step may use. The engine makes one for each run; it is bound to one camera by its port.
 */
export interface StepContext extends CameraAccess {
  /** Every id that the camera has shown in this run. */
  readonly unitIds: readonly UnitId[];
  /** Asks for hardware actions and waits for their effect. @throws as `waitFor` */
  request(actions: readonly HardwareAction[], expectation: Expectation): Promise<DetectedDevice>;
  /**
   * Asks for hardware actions whose effect is not visible on the bus; `work` watches for it. Its
   * signal aborts at the deadline, which by default is that of `request`.
   */
  requestWhile<T>(
    actions: readonly HardwareAction[],
    awaited: { readonly what: Words; readonly deadlineMs?: number },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>;

  /**
   * Has `read` read ranges of the camera's memory, and returns what came of them. `read` hands over
   * all that the camera sends.
   * @throws UnbrickError `verify-failed` if not all of it came from the camera
   */
  readBack(
    ranges: readonly MemoryRange[],
    read: (onRead: OnRead) => Promise<void>,
  ): Promise<ReadBack>;

  /** Reports progress inside the running step, in bytes or in `unit`. Never decreases. */
  progress(done: number, total: number, unit?: "bytes" | "milliseconds"): void;
  /** Shows a note that is neither progress nor proof. */
  note(text: Words): void;
  /** Adds a sentence of evidence about which board this is: a note that the summary repeats. */
  identified(text: Words): void;
  /** Outputs what a `read` job read. */
  output(name: string, bytes: Uint8Array): void;
}
