import assert from "node:assert/strict";
import { families } from "../boards/mod.ts";
import { jobSupport } from "../core/family/board.ts";
import type { ErrorKind } from "../core/common/errors.ts";
import { boardImages } from "../core/image/board_images.ts";
import { Trial } from "./support/plan/plan_rig.ts";

/** Whether a running camera sees, of every family, in both protocols, with every trap. */

const boards = families.flatMap((family) =>
  family.boards.filter((board) => jobSupport(board, "check") === true)
    .map((board) => ({ family, board }))
);

async function checked(id: string, traps: Record<string, string | boolean> = {}) {
  const { family, board } = boards.find((one) => one.board.id === id)!;
  const trial = new Trial([family]);
  const camera = family.simulate(board, { ...trial.ports.at("1-1"), condition: "healthy", traps });
  const plan = family.plan("check", board, boardImages("", []), {});
  const result = await trial.clock.run(async () => {
    await camera.perform({ id: "plug", text: "" });
    await trial.clock.sleep(8000);
    const result = await trial.run(plan, camera);
    await trial.clock.sleep(8000);
    return result;
  });
  const modes = trial.events.flatMap((event) =>
    event.type === "connected" ? [event.detected.mode] : []
  );
  return { result, trial, modes, notes: trial.notes };
}

for (const { board } of boards) {
  Deno.test(`a healthy camera sees, and runs again afterwards: ${board.id}`, async () => {
    const { result, trial, modes } = await checked(board.id);
    assert.equal(result.error?.message, undefined);
    assert.equal(result.outcome, "proven");
    assert.match(String(result.proofs[0].claim), /sees: image sensor 0x56, 160 x 120/);
    assert.equal(modes.at(-1), "firmware");
    const begun = trial.events.findIndex((event) =>
      event.type === "step-started" && event.step === "take-pictures"
    );
    const seen = trial.events.slice(begun).flatMap((event) =>
      event.type === "seen" ? [event.detectedDevices.map(({ mode }) => mode)] : []
    );
    assert.deepEqual(seen.slice(-2), [[], ["firmware"]], "it was reset, and started again");
    assert.deepEqual(trial.changed, []);
  });
}

const ends: Record<string, ErrorKind> = {
  sensorMissing: "sensor-missing",
  pictureBlack: "picture-dark",
  pictureFrozen: "picture-unchanged",
  mainNeverYields: "firmware-silent",
  scriptError: "device-status",
  firmwareWedged: "firmware-silent",
  pictureDamaged: "picture-damaged",
  pictureHuge: "picture-damaged",
  pictureWithheld: "picture-damaged",
};
for (const { board } of boards.filter(({ board }) => board.id !== "openmv-h7")) {
  for (const [trap, kind] of Object.entries(ends)) {
    Deno.test(`${board.id}: ${trap} is ${kind}`, async () => {
      const { result } = await checked(board.id, { [trap]: true });
      const passes = trap === "sensorMissing" && board.mayHaveNoSensor;
      assert.equal(result.error?.kind, passes ? undefined : kind, result.error?.message);
    });
  }
}
for (const protocol of ["V1", "V2"]) {
  Deno.test(`${protocol}: a healthy H7 sees, in that protocol`, async () => {
    const { result, notes } = await checked("openmv-h7", { protocol });
    assert.equal(result.error?.message, undefined);
    assert.ok(notes.some((note) => note.includes(`debug protocol ${protocol}`)), notes.join());
    const version = protocol === "V1" ? "4.8.1" : "5.0.0";
    assert.ok(notes.some((note) => note.includes(version)));
  });
  for (const [trap, kind] of Object.entries(ends)) {
    Deno.test(`${protocol}: ${trap} is ${kind}`, async () => {
      const { result } = await checked("openmv-h7", { protocol, [trap]: true });
      assert.equal(result.error?.kind, kind, result.error?.message);
      assert.equal(result.outcome, "unchanged");
    });
  }
}

Deno.test("firmware that answers nothing is silent", async () => {
  const { result } = await checked("openmv-h7", { protocol: "silent" });
  assert.equal(result.error?.kind, "firmware-silent");
});

Deno.test("a board that is sold without a sensor passes without one", async () => {
  const { result } = await checked("arduino-giga", { sensorMissing: true });
  assert.equal(result.error, undefined);
  assert.match(String(result.proofs[0].claim), /no image sensor/);
  const nicla = await checked("arduino-nicla-vision", { sensorMissing: true });
  assert.equal(nicla.result.error?.kind, "sensor-missing");
});
