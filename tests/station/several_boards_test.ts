import assert from "node:assert/strict";
import { boardsByWords, type ReadyBoard } from "../../core/cli/devices/board_names.ts";
import { families } from "../support/boards/families.ts";
import { StationRig } from "./rig.ts";

/** A station that works on cameras of several boards. */

const named = (...words: string[]): ReadyBoard[] => boardsByWords(words, families);

const errorsOf = (context: StationRig, port: string) =>
  context.events.flatMap((event) =>
    event.type === "port" && event.port === port && event.state === "skipped"
      ? [String(event.error.message)]
      : []
  );

Deno.test("cameras of three boards get each its own plan", async () => {
  const all = named("openmv-m4", "openmv-h7", "openmv-n6");
  const context = new StationRig("openmv-m4");
  const cameras = all.map((known, at) => context.camera(`1-${at + 1}`, {}, known));
  const { totals } = await context.run(async () => {
    await Promise.all(cameras.map((camera) => context.recover(camera)));
  }, { count: 3, plans: all.map((known) => context.planFor(known)) });
  assert.deepEqual(totals, { started: 3, proven: 3, failed: 0, skipped: 0 });
  for (const [at, { board }] of all.entries()) {
    const [start] = context.events.filter((event) =>
      event.type === "run-started" && "port" in event && event.port === `1-${at + 1}`
    );
    assert.equal(start.type === "run-started" && start.board.id, board.id);
  }
});

Deno.test("boards with the same USB id: the camera itself says which it is; if it cannot, it is not touched", async () => {
  const all = named("openmv-h7", "openmv-h7-plus");
  const context = new StationRig("openmv-h7");
  const marked = context.camera("1-1", { condition: "healthy" }, all[1]);
  const blank = context.camera("1-2", { condition: "blank" }, all[1]);
  const before = blank.memory("flash").slice();
  const { totals } = await context.run(async () => {
    await Promise.all([
      context.line("1-1", "finished"),
      context.line("1-2", "skipped"),
      context.recover(marked),
      context.recover(blank),
    ]);
    context.stop();
  }, { plans: all.map((known) => context.planFor(known)) });
  assert.deepEqual(totals, { started: 1, proven: 1, failed: 0, skipped: 1 });
  const [start] = context.events.filter(({ type }) => type === "run-started");
  assert.equal(start.type === "run-started" && start.board.id, "openmv-h7-plus");
  assert.match(errorsOf(context, "1-2").join(), /H7 or OpenMV Cam H7 Plus; .*one of them/);
  assert.deepEqual(blank.memory("flash"), before);
});

Deno.test("a camera of another board is named and not touched", async () => {
  const context = new StationRig("openmv-m4");
  const [other] = named("openmv-rt1062");
  const stranger = context.camera("1-1", {}, other);
  await context.run(async () => {
    await Promise.all([context.line("1-1", "skipped"), context.recover(stranger)]);
    context.stop();
  }, { plans: named("openmv-m4", "openmv-m7").map((known) => context.planFor(known)) });
  assert.match(errorsOf(context, "1-1").join(), /not the OpenMV Cam M4 or OpenMV Cam M7; it is/);
});

Deno.test("names of several boards on one line, printed names among them", () => {
  const ids = (line: string) => named(...line.split(" ")).map(({ board }) => board.id);
  assert.deepEqual(ids("h7 m7"), ["openmv-h7", "openmv-m7"]);
  assert.deepEqual(ids("OpenMV Cam H7 Plus openmv-h7 h7"), ["openmv-h7-plus", "openmv-h7"]);
  assert.throws(() => named("h7", "nonsense"), /no board called "nonsense"/);
});
