import assert from "node:assert/strict";
import { Trial } from "../../tests/support/plan/plan_rig.ts";
import { places, portentaBoards } from "./boards.ts";
import { arduino } from "./mod.ts";
import { SimulatedArduino } from "./model.ts";
import { sampleImages } from "./samples.ts";

Deno.test("a board whose firmware never starts is no success, although all of it reads back", async () => {
  const [board] = portentaBoards;
  const { limit } = places.find(({ role }) => role === "firmware")!;
  const trial = new Trial([arduino]);
  const { clock, bus } = trial;
  const camera = new SimulatedArduino(board, {
    clock,
    socket: bus.socket("1-1"),
    condition: "healthy",
  });
  const { internal } = camera;
  const read = internal.read.bind(internal);
  // The core, which is started with the whole region, finds nothing to run.
  internal.read = (address, length) =>
    length === limit ? new Uint8Array(limit) : read(address, length);
  const plan = arduino.plan("flash", board, sampleImages(board), {});
  const { error } = await clock.run(() => trial.run(plan, camera, { hardwareDeadlineMs: 5_000 }));
  assert.equal(error?.kind, "not-started");
});
