import type { ListedFamily } from "../../family/family.ts";
import { allBoards, ready } from "../devices/board_names.ts";
import { imageForPlace } from "../../image/for_place.ts";
import { loadImage } from "../../image/load.ts";

/** Consent for writing a file that does not belong to its place: `--allow NAME`. */
export const uncheckedImage = "unchecked-image";

/**
 * Returns the bytes of a file in the form to write to an address of this tool's cameras: checked as
 * the image that belongs there. Addresses outside the cameras' memories, such as RAM, are not
 * checked.
 *
 * @param families of the cameras that the tool is for
 * @throws UnbrickError `bad-image`, `wrong-board`
 */
export async function placedPayload(
  name: string,
  bytes: Uint8Array,
  address: number,
  families: readonly ListedFamily[],
  allowed: ReadonlySet<string>,
): Promise<Uint8Array> {
  if (allowed.has(uncheckedImage)) return bytes;
  const boards = allBoards(families).filter(({ board: { regions = [] } }) =>
    regions.some((region) => address >= region.address && address < region.address + region.size)
  );
  if (boards.length === 0) return bytes;
  const image = loadImage(bytes, { role: "", name, source: name });
  return imageForPlace(await Promise.all(boards.map(ready)), image, { address }).bytes;
}
