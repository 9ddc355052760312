import type { CameraAccess, Expectation } from "../device/camera_access.ts";
import type { DetectedDevice } from "../device/detected_device.ts";
import type { HardwareAction } from "./hardware_action.ts";
import type { Words } from "../common/text.ts";

/** What a step may use. Made by the engine, one for each run; bound to one camera by its port. */
export interface StepContext extends CameraAccess {
  /** Asks for hardware actions and waits for their effect. @throws as `waitFor` */
  request(actions: readonly HardwareAction[], expectation: Expectation): Promise<DetectedDevice>;
  /**
   * Asks for hardware actions whose effect does not show on the bus: `work` watches for it. Its signal
   * aborts at the deadline, by default that of `request`.
   */
  requestWhile<T>(
    actions: readonly HardwareAction[],
    awaited: { readonly what: Words; readonly deadlineMs?: number },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>;

  /** Progress inside the running step, in bytes (or any unit when `unit` says so). Never goes back. */
  progress(done: number, total: number, unit?: "bytes" | "milliseconds"): void;
  /** Something worth telling, that is neither progress nor proof. */
  note(text: Words): void;
  /** A sentence of evidence about which board this is: a note that the summary repeats. */
  identified(text: Words): void;
  /** Hands over what a `read` job read. */
  output(name: string, bytes: Uint8Array): void;
}
