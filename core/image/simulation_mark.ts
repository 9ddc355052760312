import { UnbrickError } from "../common/errors.ts";
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

/**
 * The refusal to write images to a real device that are made for simulated cameras only.
 * @param origin Where they come from; left out: the file was named.
 */
export function simulationOnly(
  images: readonly { readonly name: string }[],
  origin?: string,
): UnbrickError {
  const files = images.map(({ name }) => name).join(", ");
  return new UnbrickError(
    "bad-image",
    origin === undefined
      ? `${files} ${images.length === 1 ? "is" : "are"} made for simulated cameras only ` +
        "and never written to a real one."
      : `${files} of ${origin} ${images.length === 1 ? "is" : "are"} made for simulated cameras ` +
        "only and never written to a real one.",
    { files, simulationOnly: true, ...(origin !== undefined && { origin }) },
  );
}
