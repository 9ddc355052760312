import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { errorOf } from "../../tests/support/expected_error.ts";
import { BackupRig as Rig } from "../../tests/support/plan/backup_rig.ts";
import type { Board } from "../family/board.ts";
import { backupSteps, saveStep } from "./backup_steps.ts";

const A = Uint8Array.of(1, 2, 3, 4), B = Uint8Array.of(1, 2, 3, 5), C = Uint8Array.of(1, 2, 9, 4);
const D = Uint8Array.of(7, 2, 3, 4), SHORT = Uint8Array.of(1, 2, 3);

Deno.test("a region is saved when two readings in a row are equal", async () => {
  const readings: [Uint8Array[], Uint8Array][] = [
    [[A, A], A],
    [[A, B, B], B],
    [[A, B, A, A], A],
    [[SHORT, A, A], A],
    [[A, SHORT, SHORT], SHORT],
  ];
  for (const [all, bytes] of readings) {
    const rig = new Rig();
    await rig.run(rig.source("flash", all));
    assert.deepEqual(rig.saved, [["flash", bytes]]);
    assert.deepEqual(rig.outputs, [["flash", bytes]]);
    assert.deepEqual(rig.store.ids, rig.unitIds);
    assert.deepEqual(rig.progress.slice(0, 4), [[1, 4], [2, 4], [3, 4], [4, 4]]);
    assert.equal(rig.progress.length, 4, "the bar does not go back");
    assert.deepEqual(rig.notes, []);
  }
});

Deno.test("the reading of a run before counts as the first one", async () => {
  const rig = new Rig();
  rig.store.kept.set("flash", A);
  await rig.run(rig.source("flash", [A]));
  assert.deepEqual(rig.saved, [["flash", A]]);
  assert.deepEqual(rig.progress, [[3, 4], [4, 4]]);
  const changed = new Rig();
  changed.store.kept.set("flash", A);
  await changed.run(changed.source("flash", [B, B]));
  assert.deepEqual(changed.saved, [["flash", B]]);
  assert.deepEqual(changed.store.kept.get("flash"), B);
});

Deno.test("four readings that differ are no backup of the region", async () => {
  const rig = new Rig();
  const error = await errorOf(rig.run(rig.source("flash", [A, B, C, D])), "verify-failed");
  assert.match(error.message, /Each of 4 readings of flash gave something else/);
  assert.deepEqual(error.data, { region: "flash" });
  assert.deepEqual(rig.saved, []);
  assert.deepEqual(rig.store.missing.map(({ name }) => name), ["flash"]);
});

Deno.test("what one region refuses leaves the others; the end names what is missing", async () => {
  const rig = new Rig();
  const no = new UnbrickError("stalled", "It refuses.", { port: "1-1" });
  const work = rig.run(
    rig.source("a", [no, no]),
    rig.source("b", [A, A]),
    rig.source("c", [A, B, C, D]),
  );
  const error = await errorOf(work, "stalled");
  assert.match(error.message, /not complete: a and c could not be read/);
  assert.deepEqual(error.data, { port: "1-1", regions: ["a", "c"] });
  assert.deepEqual(rig.saved, [["b", A]]);
  assert.equal(rig.notes[0], "a (4 bytes) is not in the backup: It refuses.");
  assert.deepEqual(rig.store.missing.map(({ name }) => name), ["a", "c"]);

  const nothing = new Rig();
  assert.equal(await errorOf(nothing.run(nothing.source("a", [no, no]))), no);
});

Deno.test("without a camera, and after a defect, nothing more is read", async () => {
  for (const kind of ["disconnected", "cancelled", "bug"] as const) {
    const rig = new Rig();
    const lost = new UnbrickError(kind, "Over.");
    assert.equal(await errorOf(rig.run(rig.source("a", [lost]), rig.source("b", [A, A]))), lost);
    assert.deepEqual([rig.saved, rig.store.missing], [[], []]);
  }
  const rig = new Rig();
  await assert.rejects(rig.run(rig.source("a", [new TypeError("a defect")])), TypeError);
});

Deno.test("a region that the mode hides is left out with its reason, which is no failure", async () => {
  const rig = new Rig();
  const hidden = () => Promise.resolve("only the ROM shows it");
  await rig.run(
    rig.source("a", [], { hidden }),
    rig.source("b", [A, A], {
      hidden: () => Promise.resolve(undefined),
    }),
  );
  assert.deepEqual(rig.saved, [["b", A]]);
  assert.deepEqual(rig.notes, ["a (4 bytes) is not in the backup: only the ROM shows it"]);
  assert.deepEqual(rig.store.missing.map(({ name, reason }) => [name, String(reason)]), [
    ["a", "only the ROM shows it"],
  ]);
  const all = new Rig();
  const error = await errorOf(all.run(all.source("a", [], { hidden })), "not-found");
  assert.match(error.message, /none of the regions can be read/);
});

Deno.test("only regions that are wanted have a step; each is read twice", () => {
  const rig = new Rig();
  const store = Object.assign(rig.store, {
    isWanted: ({ name }: { name: string }) => name !== "b",
  });
  const steps = backupSteps(store, ["a", "b"].map((name) => rig.source(name, [])));
  assert.deepEqual(steps.map(({ id, weight, effect }) => [id, weight, effect]), [
    ["back-up-a", 200, "none"],
    ["check-backup", 1, "none"],
  ]);
});

Deno.test("what an interrupted run saved is not read again, if no id denies the camera", async () => {
  const isSameUnit: Board["isSameUnit"] = (one, other) =>
    one.id === "?" || other.id === "?" ? undefined : one.id === other.id;
  const refusal = /saved another camera for backup\.zip\. Choose another name/;
  const cases: [known: string[], shown: string[], board: Partial<Board>, isRefused: boolean][] = [
    [["A"], ["A"], {}, false],
    [["?"], ["A"], {}, false],
    [[], ["A"], {}, false],
    [["A"], [], {}, false],
    [["B"], ["A"], {}, true],
    [["A", "B"], ["A"], {}, true],
    [["A"], ["A", "B"], {}, true],
    [["B"], ["A"], { isSameUnit: undefined }, false],
    [["A"], ["A"], { id: "other" }, true],
  ];
  for (const [known, shown, more, isRefused] of cases) {
    const rig: Rig = new Rig(shown, { isSameUnit, ...more });
    const flash = rig.source("flash", []);
    const step = saveStep(rig.store, flash);
    rig.store.interrupted = {
      at: "2026-01-01",
      board: "toy",
      camera: known.map((id) => ({ id, mode: "rom" })),
    };
    assert.equal(await step.isDone!(rig.context), undefined, "it did not come to this region");
    rig.store.save(flash, A);
    const done = Promise.resolve().then(() => step.isDone!(rig.context));
    if (isRefused) {
      const error = await errorOf(done, "usage");
      assert.match(error.message, refusal);
      assert.deepEqual(error.data, { path: "backup.zip", exists: true });
    } else {
      const { claim, evidence } = (await done)!;
      assert.equal(
        String(claim),
        "An interrupted run saved flash for backup.zip (2026-01-01).",
      );
      assert.equal(evidence, "device-check");
    }
    rig.store.interrupted = undefined;
    assert.equal(await step.isDone!(rig.context), undefined, "this run saved it");
  }
});
