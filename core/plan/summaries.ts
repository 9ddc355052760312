import { isSame, type Words } from "../common/text.ts";
import type { BoardRegion } from "../family/board.ts";
import type { Image } from "../image/image.ts";
import type { ImageSummary, StepSummary } from "./events.ts";
import type { Effect, Step } from "./step.ts";

/** Returns a step in the form that `plan --json`, the events and the report use. */
export function summariseStep(step: Step): StepSummary {
  const { id, title, effect, weight, targets = [], consent } = step;
  return { id, title, effect, expectedMs: Math.round(weight), targets, consent: consent?.id };
}

/** Returns an image in the form that `plan --json`, the events and the report use. */
export function summariseImage(
  { bytes, address: _address, alternate: _alternate, usbIds: _usbIds, ...image }: Image,
): ImageSummary {
  return { ...image, bytes: bytes.length };
}

/**
 * Returns the regions that certainly stay as they are. An erase of more than one region, as taking off a protection is, keeps
 * nothing for certain.
 */
export function keptRegions(
  regions: readonly BoardRegion[],
  changes: readonly { readonly region: Words; readonly effect: Effect }[],
): Words[] {
  const names = regions.map(({ name }) => name);
  const isWide = changes.some(({ region, effect }) =>
    effect === "erases" && !names.some((name) => isSame(name, region))
  );
  if (isWide) return [];
  return names.filter((name) => !changes.some(({ region }) => isSame(region, name)));
}
