import assert from "node:assert/strict";
import type { Board } from "../../../core/family/board.ts";
import type { BoardFamily } from "../../../core/family/family.ts";
import { boardsOf, supports, variants } from "../plan/all_plans.ts";
import { boardLines, familyLines } from "./board_lines.ts";
import { type BackedUp, putBackLines } from "./put_back_table.ts";
import { refusalLines } from "./refusal_lines.ts";
import { planLines } from "./plan_lines.ts";

/** How to renew the tables; their difference shows what a change does to the boards. */
const RENEW = "deno test -A boards/*/tables_test.ts -- --update";

/**
 * Compares what a family says about its boards, and the plans of all their jobs, with boards.txt and
 * plans.txt in its folder.
 * @param folder URL of a file in the family's folder
 * @param backedUp what a backup of one of its boards contains
 */
export function testTables(
  family: BoardFamily,
  folder: string,
  backedUp: (board: Board) => BackedUp,
): void {
  const boards = boardsOf(family);
  Deno.test("ids, places, files, steps by hand and times are those of boards.txt", () => {
    compare(new URL("boards.txt", folder), [familyLines(family), ...boards.map(boardLines)]);
  });
  Deno.test("each job has the steps, places, consents and times of plans.txt", () => {
    const plans = boards.flatMap((one) =>
      variants.filter(([job]) => supports(one, job)).map((variant) => planLines(one, variant))
    );
    const putBacks = boards.filter((one) => supports(one, "put-back"))
      .map((one) => putBackLines(one, backedUp(one.board)));
    compare(new URL("plans.txt", folder), [...plans, ...putBacks]);
  });
  Deno.test("each right image is accepted, and each wrong file refused, as in images.txt", () => {
    const known = boards.filter(({ board }) => board.roles.length > 0);
    compare(new URL("images.txt", folder), known.map(refusalLines));
  });
}

function compare(table: URL, blocks: readonly string[]): void {
  const text = `${blocks.join("\n\n")}\n`;
  if (Deno.args.includes("--update")) Deno.writeTextFileSync(table, text);
  assert.equal(text, Deno.readTextFileSync(table), `If this change is meant: ${RENEW}`);
}
