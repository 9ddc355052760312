import assert from "node:assert/strict";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { partitions } from "./boards.ts";
import { StepContext } from "../../tests/support/boards/openmv_n6_rig.ts";

for (const damage of ["vectors", "body"] as const) {
  for (const job of ["flash", "restore"] as const) {
    Deno.test(`a camera that restarts every two seconds (${damage}) can be ${job}ed`, async () => {
      const context = new StepContext({ condition: "healthy", traps: { resetLoop: damage } });
      await context.clock.run(async () => {
        await context.camera.perform({ id: "plug", text: "" });
        await context.clock.sleep(5_000);
      });
      const result = await context.run(job);
      assert.equal(result.error?.message, undefined);
      assert.equal(result.outcome, "proven");
      assert.ok(context.holds("firmware") && context.holds("romfs0"));
      const said = damage === "vectors"
        ? /cannot start, so unbrick stops it/
        : /restarts every two seconds/;
      assert.ok(
        context.trial.notes.some((note) => said.test(note)),
        context.trial.notes.join("\n"),
      );
    });
  }
}

Deno.test("the loop is real: the camera appears and disappears every two seconds", async () => {
  const context = new StepContext({ condition: "healthy", traps: { resetLoop: "body" } });
  await context.clock.run(async () => {
    await context.camera.perform({ id: "plug", text: "" });
    const arrivals = new Set<number>();
    for (let second = 0; second < 10; second++) {
      await context.clock.sleep(1_000);
      const address = context.trial.bus.attachments[0]?.address;
      if (address) arrivals.add(address);
    }
    assert.ok(arrivals.size >= 4, `${arrivals.size} arrivals in ten seconds`);
  });
});

Deno.test("a firmware region that cannot be zeroed is reported", async () => {
  const context = new StepContext({ condition: "healthy", traps: { resetLoop: "vectors" } });
  context.camera.flash.protect(partitionNamed(partitions, "FIRMWARE").start, 1);
  const { error } = await context.run("flash");
  assert.equal(error?.kind, "device-status");
  assert.match(error.message, /errWRITE/);
});
