import assert from "node:assert/strict";
import { families } from "../support/boards/families.ts";
import { guideOf } from "../../core/cli/guide/guide_steps.ts";
import { allBoards } from "../../core/cli/devices/board_names.ts";
import { missingRoles } from "../../core/image/completeness.ts";

Deno.test("each guide names every file its command needs, and first how to import files that no release contains", () => {
  for (const { board } of allBoards(families)) {
    const { job, images, steps } = guideOf(board);
    if (!job) continue;
    assert.deepEqual(images, missingRoles(board, job, new Set()), board.id);
    assert.ok(images.some(({ role }) => role.startsWith("firmware")), board.id);
    const typed = steps.flatMap(({ command }) => command ?? []);
    const needsImport = images.some(({ comesWith }) => comesWith !== undefined);
    assert.equal(typed[0] === "unbrick images import FOLDER", needsImport, board.id);
    assert.equal(typed.at(-1), `unbrick ${job} ${board.id} --images FOLDER`);
  }
});
