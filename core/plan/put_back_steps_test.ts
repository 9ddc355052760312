import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import type { UnitId } from "../device/unit_id.ts";
import type { Board } from "../family/board.ts";
import type { Image } from "../image/image.ts";
import { otherCamera } from "./consents.ts";
import {
  checkedOrLeftOut,
  type LeftOut,
  nothingToWrite,
  type PutBack,
  sameCameraStep,
} from "./put_back_steps.ts";
import type { StepContext } from "./step_context.ts";

const board = { id: "toy", name: "Toy Camera" } as Board;
const id = (id: string): UnitId => ({ id, mode: "bootloader" });

async function sameCamera(
  known: readonly string[],
  shown: readonly string[],
  isSameUnit?: Board["isSameUnit"],
) {
  const notes: string[] = [];
  const step = sameCameraStep({ camera: known.map(id), regions: [], isNamed: false }, [
    { name: "boot", reason: "No room." },
  ]);
  const context = {
    board: { ...board, isSameUnit },
    unitIds: shown.map(id),
    note: (text: unknown) => notes.push(String(text)),
  } as unknown as StepContext;
  const done = await step.isDone!(context);
  assert.deepEqual(notes, ["boot is left out: No room."]);
  assert.deepEqual([step.id, step.effect, step.consent], ["same-camera", "none", otherCamera]);
  await step.run(context);
  return done && [String(done.claim), done.evidence];
}

Deno.test("a backup goes back without asking only if an id proves the camera and none denies it", async () => {
  const compare: Board["isSameUnit"] = (one, other) =>
    one.id === "?" || other.id === "?" ? undefined : one.id === other.id;
  const proven = ["It is the camera of the backup: A.", "device-check"];
  assert.deepEqual(await sameCamera(["A"], ["A"], compare), proven);
  assert.deepEqual(await sameCamera(["A", "?"], ["A"], compare), proven);
  assert.deepEqual(await sameCamera(["A"], ["A", "?"], compare), [
    "It is the camera of the backup: A, ?.",
    "device-check",
  ]);
  assert.equal(await sameCamera(["A"], ["B"], compare), undefined);
  assert.equal(await sameCamera(["A"], ["?"], compare), undefined);
  assert.equal(await sameCamera(["A"], ["A", "B"], compare), undefined, "one denies it");
  assert.equal(await sameCamera([], ["A"], compare), undefined);
  assert.equal(await sameCamera(["A"], ["A"]), undefined, "ids of this board tell nothing");
});

Deno.test("a refused image is left out, or its reason thrown if its region was named", () => {
  const image = { role: "firmware" } as Image;
  const wrong = new UnbrickError("bad-image", "It is wrong.");
  const check = (isNamed: boolean, error?: Error) => {
    const leftOut: LeftOut[] = [];
    const checked = checkedOrLeftOut(image, { isNamed } as PutBack, leftOut, () => {
      if (error) throw error;
    });
    return [checked, leftOut.map(({ name, reason }) => `${name}: ${reason}`)];
  };
  assert.deepEqual(check(false), [image, []]);
  assert.deepEqual(check(true), [image, []]);
  assert.deepEqual(check(false, wrong), [undefined, ["firmware: It is wrong."]]);
  assert.throws(() => check(true, wrong), wrong);
  assert.throws(() => check(false, new TypeError("a defect")), TypeError);
});

Deno.test("nothing to write: the first reason, or that there is no region", () => {
  const one = nothingToWrite(board, [{ name: "a", reason: "No." }, {
    name: "b",
    reason: "Never.",
  }]);
  assert.equal(one.kind, "not-found");
  assert.match(one.message, /can be written to the Toy Camera: a is left out: No\./);
  assert.deepEqual(one.data, { file: "toy" });
  assert.match(nothingToWrite(board, []).message, /The backup contains no region/);
});
