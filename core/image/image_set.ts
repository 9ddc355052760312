import type { Board } from "../family/board.ts";
import type { BoardImages } from "./image.ts";
import type { Words } from "../common/text.ts";

/** Images of many boards in one place. */
export interface ImageSet {
  /** For people: `firmware_v5.0.0.zip`, `the bundled images`. */
  readonly origin: Words;
  /** Release folders it has images for: `OPENMV4`. Empty if the pack does not say. */
  boards(): readonly string[];
  /**
   * The images of a board, checked; a role that the pack has no file for is left out.
   *
   * @param only The roles that are read; default: all.
   * @throws UnbrickError `not-found` if it has none for the board, `wrong-board` if it is one other
   * board's own pack, `bad-image`.
   */
  imagesFor(board: Board, only?: ReadonlySet<string>): BoardImages;
}
