import { UnbrickError } from "./errors.ts";

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
