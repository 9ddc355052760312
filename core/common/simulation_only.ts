import type { Place } from "./addresses.ts";
import { UnbrickError } from "./errors.ts";
import { text, type Words } from "./text.ts";

/**
 * Returns the error for writing simulation-only images to a real device.
 * @param origin Where they come from; undefined: the user named the file.
 * @param places Where to get real ones; none: from a firmware release.
 */
export function simulationOnly(
  images: readonly { readonly name: string }[],
  origin?: Words,
  places: readonly Place[] = [],
): UnbrickError {
  const names = images.map(({ name }) => name), files = names.join(", ");
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
    {
      files: names,
      simulationOnly: true,
      ...(origin !== undefined && { origin: String(origin) }),
      ...(places.length > 0 && { whereToGet: places.map(({ what }) => what) }),
    },
  );
}

/** Returns the sentence that tells images for practice from real ones, if there are any. */
export function practiceNotes(images: readonly { readonly simulationOnly: boolean }[]): Words[] {
  return images.some((image) => image.simulationOnly)
    ? [text`Some images are for simulated cameras only.`]
    : [];
}
