import type { Board, BoardRegion } from "../family/board.ts";
import type { BoardFamily } from "../family/family.ts";
import { isKind, UnbrickError } from "../common/errors.ts";
import { text } from "../common/text.ts";
import { hex } from "../common/format.ts";
import { badImage } from "./bad_image.ts";
import { boardImages } from "./board_images.ts";
import { refuseLargerThan } from "./check.ts";
import { isFatVolume } from "./fat.ts";
import { knownFormat } from "./foreign.ts";
import type { Image } from "./image.ts";
import { isFilledWith } from "../common/bytes.ts";

/**
 * The one rule for a file that another tool's command line sends to any place: it is checked as
 * restore or flash check the image that belongs there, and nothing else may be written there.
 */

/** The target of a file: an address, the start of a partition, or the place of a role's image. */
export type Place =
  | { readonly address: number }
  | { readonly partition: string }
  | { readonly role: string };

/** A board that the device may be, and its family. */
export interface PossibleBoard {
  readonly board: Board;
  readonly family: BoardFamily;
}

/**
 * Returns the image in the form to write, for one of the boards that the device may be.
 *
 * @returns the image unchanged if no board knows the place, which may be a newer partition
 * @throws UnbrickError `bad-image`, `wrong-board`, with `place` in the data: the first board's
 * reason, but `wrong-board` before all others
 */
export function imageForPlace(
  boards: readonly PossibleBoard[],
  image: Image,
  place: Place,
): Image {
  const refusals: UnbrickError[] = [];
  for (const possible of boards) {
    try {
      return checked(possible, image, place);
    } catch (error) {
      if (!isKind(error, "bad-image", "wrong-board")) throw error;
      refusals.push(error);
    }
  }
  if (refusals.length === 0) return image;
  const { kind, text: sentence, data } = refusals.find((one) => isKind(one, "wrong-board")) ??
    refusals[0];
  throw new UnbrickError(kind, sentence, { ...data, place: placeName(place) });
}

function checked({ board, family }: PossibleBoard, image: Image, place: Place): Image {
  const region = "role" in place ? place : regionFor(board, place);
  if (region === undefined) {
    if ("partition" in place) return image;
    throw badImage(image.name, text`no part of the ${board.name} belongs at ${placeName(place)}`);
  }
  if ("address" in region && "address" in place && place.address !== region.address) {
    throw badImage(
      image.name,
      text`${hex(place.address)} is in the middle of the ${region.name}, which begins at ${
        hex(region.address)
      }`,
    );
  }
  if (region.role !== undefined) return asRole({ board, family }, image, region.role);
  if ("isFilesystem" in region && region.isFilesystem) return asFilesystem(image, region, board);
  const { name } = region as BoardRegion;
  throw badImage(image.name, text`the ${name} of the ${board.name} is not written like this`);
}

function regionFor(
  { regions = [] }: Board,
  place: Exclude<Place, { role: string }>,
): BoardRegion | undefined {
  return "partition" in place
    ? regions.find(({ partition }) => partition === place.partition)
    : regions.find(({ address, size }) =>
      place.address >= address && place.address < address + size
    );
}

function asRole({ board, family }: PossibleBoard, image: Image, role: string): Image {
  const images = boardImages(image.source, [{ ...image, role }]);
  const { written, needs } = family.checkImages!(board, images);
  const [consent] = needs;
  if (consent) throw new UnbrickError("bad-image", consent.text, { file: image.name });
  return written.get(role)!;
}

/**
 * Accepts a file system that was read from a camera, or an empty one, so that the firmware makes a
 * new one.
 */
function asFilesystem(image: Image, { name, size }: BoardRegion, board: Board): Image {
  refuseLargerThan(image, size, name);
  const { bytes } = image;
  if (isFatVolume(bytes) || isFilledWith(bytes, 0x00) || isFilledWith(bytes, 0xFF)) return image;
  const found = knownFormat(bytes) ?? text`no file system`;
  throw badImage(
    image.name,
    text`it is ${found}, and would overwrite the user's files on the ${board.name}`,
  );
}

function placeName(place: Place): string {
  return "address" in place
    ? hex(place.address)
    : "partition" in place
    ? place.partition
    : place.role;
}
