import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { BackupRig } from "../../tests/support/plan/backup_rig.ts";
import { partialBackup } from "./consents.ts";
import { savingSteps } from "./save_first.ts";
import type { Step } from "./step.ts";

const A = Uint8Array.of(1, 2, 3, 4);
const refused = new UnbrickError("stalled", "It refuses.");
const lost = { name: "ota", memory: "qspi", address: 64, size: 8, reason: "It is replaced." };

const ids = (steps: readonly Step[]) => steps.map(({ id }) => id);

Deno.test("everything is saved before the first write, or the rest before the new firmware runs", () => {
  const rig = new BackupRig();
  const [a, b, c] = ["a", "b", "c"].map((name) => rig.source(name, []));
  const saving = (stages: Parameters<typeof savingSteps>[1]) => {
    const { first, later } = savingSteps(rig.store, stages);
    return [ids(first), ids(later)];
  };
  assert.deepEqual(savingSteps(undefined, { first: [a], later: [b], never: [lost] }), {
    first: [],
    later: [],
  });
  const whole = ["back-up-a", "back-up-b", "check-backup", "finish-backup"];
  assert.deepEqual(saving({ first: [a, b] }), [whole, []]);
  assert.deepEqual(saving({ first: [a, b], later: [c] }), [
    whole.slice(0, 3),
    ["back-up-c", "check-rest-of-backup", "finish-backup"],
  ]);
  assert.deepEqual(saving({ later: [c] }), [
    [],
    ["back-up-c", "check-rest-of-backup", "finish-backup"],
  ]);
  assert.deepEqual(saving({}), [["check-backup", "finish-backup"], []]);
  rig.store.isWanted = ({ name }) => name === "b";
  assert.deepEqual(saving({ first: [a, b], later: [c] }), [whole.slice(1), []]);
  assert.deepEqual(saving({ first: [a], later: [b, c] })[0], []);
});

Deno.test("the check of a stage asks for consent if one of its own regions was not read", async () => {
  const rig = new BackupRig();
  const bad = [refused, refused], good = [A, A];
  const { first, later } = savingSteps(rig.store, {
    first: [rig.source("a", good), rig.source("b", bad)],
    later: [rig.source("c", good)],
  });
  const [saveA, saveB, check] = first, [saveC, checkRest] = later;
  await saveA.run(rig.context);
  const fine = (await check.isDone!(rig.context))!;
  assert.deepEqual([String(fine.claim), fine.evidence], [
    "Two readings of every region were equal.",
    "device-check",
  ]);
  await saveB.run(rig.context);
  assert.equal(await check.isDone!(rig.context), undefined);
  assert.deepEqual([check.consent, check.effect, check.weight], [partialBackup, "none", 1]);
  await check.run(rig.context);
  await saveC.run(rig.context);
  assert.ok(await checkRest.isDone!(rig.context), "it was asked about the first stage before");
});

Deno.test("the summary says of each region whether it is saved; the end writes the backup", async () => {
  const rig = new BackupRig(["A", "B"]);
  const source = (name: string, readings: (Uint8Array | Error)[]) =>
    rig.source(name, readings, { size: name === "c" ? 80_000 : 4, address: 32 });
  const { first, later } = savingSteps(rig.store, {
    first: [source("a", [A, A]), source("b", [refused, refused])],
    later: [source("c", [])],
    never: [lost],
  });
  for (const step of first) await step.run(rig.context);
  const finish = later.at(-1)!;
  const region = (name: string, size = 4) => ({ name, memory: "flash", address: 32, size });
  assert.deepEqual(await finish.backup!(rig.context), {
    file: "backup.zip",
    regions: [
      { ...region("a"), state: "saved" },
      { ...region("b"), state: "not-saved", reason: refused.text },
      { ...region("c", 80_000), state: "later" },
      { ...lost, state: "not-saved" },
    ],
  });
  assert.deepEqual(
    [finish.weight, finish.effect, String(finish.title)],
    [80_008 / 40_000, "none", "Write the backup to backup.zip"],
  );
  rig.notes.length = 0;
  rig.store.identify([]);
  rig.store.missing.length = 0;
  await finish.run(rig.context);
  assert.deepEqual(rig.store.ids, rig.unitIds);
  assert.deepEqual(rig.store.missing, [lost]);
  assert.deepEqual(rig.notes, ["saved"]);
});

Deno.test("a region that is not wanted is not missing either", async () => {
  const rig = new BackupRig();
  rig.store.isWanted = ({ name }) => name === "a";
  const { first } = savingSteps(rig.store, { first: [rig.source("a", [A, A])], never: [lost] });
  for (const step of first) await step.run(rig.context);
  assert.deepEqual(rig.store.missing, []);
  assert.deepEqual((await first.at(-1)!.backup!(rig.context)).regions.map(({ name }) => name), [
    "a",
  ]);
});
