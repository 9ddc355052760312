import assert from "node:assert/strict";
import { images } from "../../tests/support/plan/toy_rig.ts";
import type { Board } from "./board.ts";
import { planner } from "./planner.ts";

const no = { refused: "It cannot be done." } as const;
const board = {
  id: "toy",
  name: "Toy Camera",
  jobs: { restore: no, flash: true, read: true, verify: no },
} as unknown as Board;
const plan = planner({ steps: { restore: () => [], flash: () => [] }, own: () => board });

Deno.test("a job that the board refuses is not planned, although the family knows its steps", () => {
  assert.deepEqual(plan("flash", board, images, {}).steps, []);
  assert.throws(() => plan("restore", board, images, {}), { message: "It cannot be done." });
  assert.throws(() => plan("read", board, images, {}), { kind: "wrong-board" });
});
