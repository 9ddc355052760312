import { indexOf } from "./search.ts";

/**
 * Stands in every simulation-only image, so that a bare copy of the file, away from its manifest, is
 * still recognised and never written to a real device.
 */
export const simulationMark = "UNBRICK SIMULATION ONLY";

/** The mark as ASCII, 23 bytes. */
export const simulationMarkBytes: Uint8Array = new TextEncoder().encode(simulationMark);

/** True if the mark stands anywhere in the bytes. */
export function hasSimulationMark(bytes: Uint8Array): boolean {
  return indexOf(bytes, simulationMarkBytes) >= 0;
}
