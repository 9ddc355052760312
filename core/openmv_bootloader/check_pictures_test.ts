import assert from "node:assert/strict";
import type { UnbrickError } from "../common/errors.ts";
import type { Board } from "../family/board.ts";
import type { BoardImages } from "../image/image.ts";
import { errorOf } from "../../tests/support/expected_error.ts";
import { PartitionRig } from "../../tests/support/plan/partition_rig.ts";
import type { StepContext } from "../plan/step_context.ts";
import type { CheckAnswer } from "../protocols/openmv_debug/packets/check_script.ts";
import { checkAfterwards, checkSteps } from "./check.ts";

const board = { id: "toy", name: "Toy Camera" } as Board;
const [find, take] = checkSteps([], {}, board);

const sees: CheckAnswer = { sensor: 0x56, width: 160, height: 120, mean: 99.6, sums: [1, 2, 3] };

/** What the step concludes from an answer of the camera. */
async function judged(answer: CheckAnswer | undefined, more: Partial<Board> = {}) {
  const facts = { answer, version: "5.0.0" };
  const [, take] = checkSteps([], {}, { ...board, ...more });
  const context = { learned: () => facts, note: () => {} };
  return (await take.prove!(context as unknown as StepContext))!;
}

async function refused(answer: CheckAnswer | undefined, kind: UnbrickError["kind"]) {
  const error = await errorOf(judged(answer), kind);
  assert.deepEqual(error.data, { version: "5.0.0" });
  return error.message;
}

Deno.test("a camera whose pictures differ and are neither black nor white sees", async () => {
  const { claim, evidence } = await judged(sees);
  assert.equal(evidence, "alive");
  assert.equal(
    String(claim),
    "The Toy Camera sees: image sensor 0x56, 160 x 120 pixels, mean brightness 100 of 255.",
  );
  for (const mean of [1, 254, 0.5]) {
    assert.equal((await judged({ ...sees, mean })).evidence, "alive");
  }
  assert.match(String((await judged({ ...sees, width: undefined })).claim), /, 0 x 120 pixels/);
  assert.match(String((await judged({ ...sees, height: undefined })).claim), /, 160 x 0 pixels/);
});

Deno.test("an answer without sensor, brightness or pictures is no picture; its reason is shown", async () => {
  for (const missing of ["sensor", "mean", "sums"] as const) {
    const message = await refused({ ...sees, [missing]: undefined }, "sensor-missing");
    assert.equal(message, "The Toy Camera takes no picture.");
  }
  await refused({ ...sees, sums: [] }, "sensor-missing");
  await refused(undefined, "sensor-missing");
  const look_error = "no sensor\u0007" + "x".repeat(200);
  const message = await refused({ look_error }, "sensor-missing");
  assert.equal(message, `The Toy Camera takes no picture. It says: no sensor?${"x".repeat(90)}`);
});

Deno.test("a board that is sold without a sensor only answers", async () => {
  const { claim, evidence } = await judged({ look_error: "no sensor" }, { mayHaveNoSensor: true });
  assert.equal(evidence, "alive");
  assert.equal(String(claim), "The firmware 5.0.0 answers. The board has no image sensor now.");
  await errorOf(judged({}, { mayHaveNoSensor: true }), "sensor-missing");
});

Deno.test("pictures that are black, white or all the same; of thermal and event sensors they may be", async () => {
  assert.match(await refused({ ...sees, mean: 0 }, "picture-dark"), /are all black/);
  assert.match(await refused({ ...sees, mean: -1 }, "picture-dark"), /are all black/);
  assert.match(await refused({ ...sees, mean: 255 }, "picture-dark"), /are all white/);
  assert.match(
    await refused({ ...sees, sums: [7, 7, 7] }, "picture-unchanged"),
    /exactly the same/,
  );
  assert.equal((await judged({ ...sees, sums: [7, 7, 8] })).evidence, "alive");
  for (const sensor of [0x54, 0xAE32, 0xAE64, 0x3050_1C01, 0xB060_2003]) {
    for (const change of [{ mean: 0 }, { mean: 255 }, { sums: [7, 7, 7] }]) {
      assert.equal((await judged({ ...sees, sensor, ...change })).evidence, "alive");
    }
  }
});

Deno.test("a running camera is used; otherwise it is to be plugged in", async () => {
  const rig = new PartitionRig([]);
  rig.present.set("firmware", rig.device("firmware"));
  await find.run(rig.context);
  assert.deepEqual(rig.log, []);
  const absent = new PartitionRig([]);
  absent.present.set("rom", absent.device("rom"));
  absent.arrivals.push(absent.device("firmware"));
  await find.run(absent.context);
  assert.deepEqual(absent.log, ["plug for firmware"]);
  assert.deepEqual([find, take].map(({ id, effect }) => [id, effect]), [
    ["find-running", "none"],
    ["take-pictures", "none"],
  ]);
});

Deno.test("a check after a write needs the firmware to have been seen", async () => {
  const [step] = checkAfterwards({ all: [] } as unknown as BoardImages, {}, board);
  assert.deepEqual([step.id, step.isCheck], ["take-pictures", true]);
  const rig = new PartitionRig([]);
  assert.match(String(await step.impossible!(rig.context)), /has not been seen with its firmware/);
  rig.present.set("firmware", rig.device("firmware"));
  assert.equal(await step.impossible!(rig.context), undefined);
});

Deno.test("a check after a write compares the version with that of the firmware, not of other images", async () => {
  const prove = (version: string) => {
    const all = [{ role: "bootloader", version: "1.0.3" }, { role: "firmware_M55_HP", version }];
    const [step] = checkAfterwards({ all } as unknown as BoardImages, {}, board);
    const facts = { answer: sees, version: "5.0.0" };
    const context = { learned: () => facts, note: () => {} } as unknown as StepContext;
    return step.prove!(context) as Promise<unknown>;
  };
  await prove("5.0.0");
  const error = await errorOf(prove("4.8.1"), "verify-failed");
  assert.deepEqual(error.data, { version: "5.0.0", written: "4.8.1" });
});

Deno.test("without a serial port the pictures cannot be asked for", async () => {
  const rig = new PartitionRig([]);
  rig.present.set("firmware", rig.device("firmware"));
  const serial = { list: () => Promise.resolve([]) };
  const error = await errorOf(
    take.run({ ...rig.context, serial } as unknown as StepContext),
    "driver",
  );
  assert.match(error.message, /shows no serial port of this Toy Camera/);
  assert.deepEqual(error.data, { board: "toy" });
});
