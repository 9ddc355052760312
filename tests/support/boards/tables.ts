import type { Board } from "../../../core/family/board.ts";
import type { BoardFamily } from "../../../core/family/family.ts";
import { boardsOf, type KnownBoard, supports, variants } from "../plan/all_plans.ts";
import { boardLines, boardName, familyLines, familyName } from "./board_lines.ts";
import { planLines, planName } from "./plan_lines.ts";
import { type BackedUp, putBackLines, putBackName } from "./put_back_table.ts";
import { refusalLines, refusalName } from "./refusal_lines.ts";
import { TableFile } from "./table_file.ts";

/**
 * Compares what a family says about its boards, the plans of their jobs, and which images it takes, with
 * boards.txt, plans.txt and images.txt in its folder.
 * @param folder URL of a file in the family's folder
 * @param backedUp what a backup of one of its boards contains
 */
export function testTables(
  family: BoardFamily,
  folder: string,
  backedUp: (board: Board) => BackedUp,
): void {
  const boards = boardsOf(family);
  const variantsOf = (one: KnownBoard) => variants.filter(([job]) => supports(one, job));
  const withPutBack = boards.filter((one) => supports(one, "put-back"));
  const withImages = boards.filter(({ board }) => board.roles.length > 0);

  const ids = new TableFile("boards.txt", folder, [familyName(family), ...boards.map(boardName)]);
  Deno.test("ids, places, files, steps by hand and times are those of boards.txt", () => {
    for (const block of [familyLines(family), ...boards.map(boardLines)]) ids.compare(block);
  });

  const plans = new TableFile("plans.txt", folder, [
    ...boards.flatMap((one) => variantsOf(one).map((variant) => planName(one, variant))),
    ...withPutBack.map(putBackName),
  ]);
  for (const one of boards) {
    Deno.test(`the plans of its jobs are those of plans.txt: ${one.board.id}`, () => {
      for (const variant of variantsOf(one)) plans.compare(planLines(one, variant));
    });
  }
  for (const one of withPutBack) {
    Deno.test(`a backup is written as in plans.txt: ${one.board.id}`, () => {
      plans.compare(putBackLines(one, backedUp(one.board)));
    });
  }

  const images = new TableFile("images.txt", folder, withImages.map(refusalName));
  for (const one of withImages) {
    Deno.test(`right images are accepted, wrong files refused, as in images.txt: ${one.board.id}`, () => {
      images.compare(refusalLines(one));
    });
  }
}
