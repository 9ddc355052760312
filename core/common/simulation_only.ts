import { UnbrickError } from "./errors.ts";
import { text, type Words } from "./text.ts";

/**
 * Returns the error for writing simulation-only images to a real device.
 * @param origin Where they come from; undefined: the user named the file.
 */
export function simulationOnly(
  images: readonly { readonly name: string }[],
  origin?: Words,
): UnbrickError {
  const files = images.map(({ name }) => name).join(", ");
  return new UnbrickError(
    "bad-image",
    origin === undefined
      ? images.length === 1
        ? text`${files} is made for simulated cameras only and never written to a real one.`
        : text`${files} are made for simulated cameras only and never written to a real one.`
      : images.length === 1
      ? text`${files} from ${origin} is for simulated cameras only and is never written to a real
        one.`
      : text`${files} from ${origin} are for simulated cameras only and are never written to a
        real one.`,
    { files, simulationOnly: true, ...(origin !== undefined && { origin: String(origin) }) },
  );
}
