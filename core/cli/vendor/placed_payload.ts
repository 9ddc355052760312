import type { BoardFamily } from "../../family/family.ts";
import { allBoards } from "../devices/board_names.ts";
import { imageForPlace } from "../../image/for_place.ts";
import { loadImage } from "../../image/load.ts";

/** The right to write a file to a camera that cannot be what belongs there: `--allow NAME`. */
export const uncheckedImage = "unchecked-image";

/**
 * The bytes of a file as they may be written to an address of a camera that this tool is for: checked
 * as the image that belongs there. An address of no camera's memory is not looked at, RAM for example.
 *
 * @param families of the cameras that the tool is for
 * @throws UnbrickError `bad-image`, `wrong-board`
 */
export function placedPayload(
  name: string,
  bytes: Uint8Array,
  address: number,
  families: readonly BoardFamily[],
  allowed: ReadonlySet<string>,
): Uint8Array {
  if (allowed.has(uncheckedImage)) return bytes;
  const boards = allBoards(families).filter(({ board: { regions = [] } }) =>
    regions.some((region) => address >= region.address && address < region.address + region.size)
  );
  if (boards.length === 0) return bytes;
  const image = loadImage(bytes, { role: "", name, source: name });
  return imageForPlace(boards, image, { address }).bytes;
}
