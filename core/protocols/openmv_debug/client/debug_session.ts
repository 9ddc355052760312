/** A running camera on its debug port, whatever its protocol. */
export interface DebugSession {
  readonly protocol: "V1" | "V2";
  /** Version of the firmware: `5.0.0`. */
  version(): Promise<string>;
  /** Stops what runs and starts a script. @throws UnbrickError `timeout` if it does not start */
  start(script: string): Promise<void>;
  /** Text that was printed since the last call; empty if there is none. */
  output(): Promise<string>;
  /** Resets the camera, which then runs its main.py again. */
  reset(): Promise<void>;
}

/** A request is answered in this time, ms; after a stop the camera may be late (openmv-runtime.md 1.2). */
export const ANSWER_MS = 1_000;
export const WRITE_MS = 1_000;
/** Between two questions whether something has happened (1.2, 1.4). */
export const POLL_MS = 50;
/** How often a script is sent until it starts (1.2). */
export const STARTS = 3;
