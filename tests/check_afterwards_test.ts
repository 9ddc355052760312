import assert from "node:assert/strict";
import { families } from "./support/boards/families.ts";
import { exitCodes } from "../core/common/errors.ts";
import { jobSupport } from "../core/family/board.ts";
import { ran } from "./support/cli/command_rig.ts";
import { bundledImages } from "./support/trace/traced_runs.ts";

/** The check that follows a flash or a restore by itself, on every family's cameras, with every trap. */

const boards = families.flatMap(({ boards }) =>
  boards.filter((board) => jobSupport(board, "flash") === true)
);

async function flashed(line: string) {
  const { code, out } = await ran(
    [...line.split(" "), "--simulate", "--fast", "--yes", "--condition", "healthy", "--json"],
    { families, context: { bundledImages } },
  );
  const events = out.trim().split("\n").map((line) => JSON.parse(line));
  const one = (type: string) => events.find((event) => event.type === type);
  return { code, events, checked: one("checked"), end: one("run-ended") };
}

const faults = {
  sensorMissing: "sensor-missing",
  pictureBlack: "picture-dark",
  pictureFrozen: "picture-unchanged",
  mainNeverYields: "firmware-silent",
  firmwareWedged: "firmware-silent",
  scriptError: "device-status",
  pictureDamaged: "picture-damaged",
  pictureHuge: "picture-damaged",
  pictureWithheld: "picture-damaged",
} as const;

for (const { id, mayHaveNoSensor } of boards) {
  Deno.test(`a flashed camera is checked, and runs again: ${id}`, async () => {
    const { code, events, checked, end } = await flashed(`flash ${id}`);
    assert.deepEqual([code, end.outcome], [0, "proven"]);
    assert.equal(checked.error, undefined);
    assert.match(checked.claim, /sees: image sensor 0x56/);
    const { version, boardName, sensor, width, height, brightness } = checked.firmware;
    assert.deepEqual([version, sensor, width, height], ["5.0.0", 0x56, 160, 120]);
    assert.ok(boardName.length > 0 && brightness > 0 && brightness < 255);
    assert.equal(
      events.findLast(({ type }) => type === "seen").detectedDevices[0].mode,
      "firmware",
    );
  });

  for (const [trap, kind] of Object.entries(faults)) {
    Deno.test(`the proof stands whatever the check finds: ${id}, ${trap}`, async () => {
      const { code, checked, end, events } = await flashed(`flash ${id} --trap ${trap}`);
      assert.deepEqual([code, end.outcome], [0, "proven"]);
      const passes = trap === "sensorMissing" && mayHaveNoSensor;
      assert.equal(checked.error?.kind, passes ? undefined : kind, checked.claim);
      assert.equal(Array.isArray(checked.error?.advice), !passes);
      assert.equal(
        events.filter(({ type }) => type === "proof").some(({ step }) => step === checked.step),
        false,
      );
    });
  }
}

Deno.test("firmware that is not what was written is told beside the proof", async () => {
  const { code, checked, end } = await flashed("flash openmv-h7 --trap otherFirmware");
  assert.deepEqual([code, end.outcome], [0, "proven"]);
  assert.equal(checked.error?.kind, "verify-failed");
  assert.match(checked.claim, /calls itself 4\.5\.9, but 5\.0\.0 was written/);
});

Deno.test("without the check nothing is sent to the running camera", async () => {
  const { code, checked, events } = await flashed(
    "flash openmv-h7 --no-check --trap firmwareWedged",
  );
  assert.equal(code, 0);
  assert.equal(checked, undefined);
  const { steps } = events.find(({ type }) => type === "run-started");
  assert.equal(steps.at(-1).id, "start-firmware");
});

Deno.test("a restore of the bootloader alone checks nothing", async () => {
  const { checked } = await flashed("restore openmv-h7 --bootloader-only");
  assert.equal(checked, undefined);
});

for (const id of ["openmv-h7", "openmv-m4", "openmv-n6", "arduino-nicla-vision"]) {
  Deno.test(`a sensor that stops the firmware is no failed flash: ${id}`, async () => {
    const { code, end, checked, events } = await flashed(`flash ${id} --trap sensorStopsFirmware`);
    assert.deepEqual([code, end.outcome, end.error.kind], [
      exitCodes["not-started"],
      "not-started",
      "not-started",
    ]);
    assert.equal(checked, undefined);
    assert.ok(end.error.advice[0].includes("take the module off"));
    assert.ok(events.some(({ type, text }) => type === "note" && /module off/.test(text)));
  });
}
