import assert from "node:assert/strict";
import type { Board } from "../family/board.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import { family, ToyBus } from "../../tests/support/plan/toy_rig.ts";
import { BoundCamera } from "./bound_camera.ts";
import { DeviceFinder } from "./finder.ts";
import { KnownUnit } from "./known_unit.ts";

/** Ids of the same letter are of one camera, other letters contradict, digits tell nothing. */
const board = {
  id: "toy",
  name: "Toy Camera",
  isSameUnit: ({ id: one }, { id: other }) => {
    if (/\d/.test(one + other)) return undefined;
    return one[0] === other[0];
  },
} as Board;

const idOf = (id: string) => ({ id, mode: "rom" }) as const;

Deno.test("one id that contradicts is another camera, whatever the others say", () => {
  const unit = new KnownUnit(board);
  unit.remember(idOf("aa"));
  unit.remember(idOf("bb"));
  assert.equal(unit.isSame(idOf("ab")), false);
  assert.equal(unit.isSame(idOf("1")), undefined);
  assert.equal(unit.ids, "aa, bb");
});

Deno.test("an id that the camera tells is compared with those it showed before", async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const camera = new BoundCamera({
      board,
      clock,
      signal: new AbortController().signal,
      finder: new DeviceFinder(new ToyBus(clock), [family], clock),
      deadlineMs: 1_000,
    });
    camera.remember(idOf("aa"));
    camera.remember(idOf("ab"));
    assert.throws(() => camera.remember(idOf("ba")), { kind: "wrong-board" });
    await camera.close();
  });
});
