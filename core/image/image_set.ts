import type { Board } from "../family/board.ts";
import type { BoardImages } from "./image.ts";
import type { Words } from "../common/text.ts";

/** Images of many boards in one place. */
export interface ImageSet {
  /** Origin for people: `firmware_v5.0.0.zip`, `the bundled images`. */
  readonly origin: Words;
  /**
   * Returns the release folders that it has images for: `OPENMV4`. Empty if the pack does not name
   * any.
   */
  boards(): readonly string[];
  /**
   * Returns the images of a board after checks, without roles for which the pack has no file.
   *
   * @param only The roles that are read; default: all.
   * @throws UnbrickError `not-found` if it has none for the board, `wrong-board` if it is the pack
   * of another board, `bad-image`.
   */
  imagesFor(board: Board, only?: ReadonlySet<string>): BoardImages;
}
