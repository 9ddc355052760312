import { indexOf } from "./search.ts";

/**
 * Text in every simulation-only image, so that a copy of the file without its manifest is
 * recognised and never written to a real device.
 */
export const simulationMark = "UNBRICK SIMULATION ONLY";

/** The mark as ASCII, 23 bytes. */
export const simulationMarkBytes: Uint8Array = new TextEncoder().encode(simulationMark);

/** Returns true if the bytes contain the mark. */
export function hasSimulationMark(bytes: Uint8Array): boolean {
  return indexOf(bytes, simulationMarkBytes) >= 0;
}
