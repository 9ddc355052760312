import assert from "node:assert/strict";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { partitions } from "./boards.ts";
import { N6Trial } from "../../tests/support/boards/openmv_n6.ts";

for (const damage of ["vectors", "body"] as const) {
  for (const job of ["flash", "restore"] as const) {
    Deno.test(`a camera that starts anew every two seconds (${damage}) is ${job}ed`, async () => {
      const n6 = new N6Trial({ condition: "healthy", traps: { resetLoop: damage } });
      await n6.clock.run(async () => {
        await n6.camera.perform({ id: "plug", text: "" });
        await n6.clock.sleep(5_000);
      });
      const result = await n6.run(job);
      assert.equal(result.error?.message, undefined);
      assert.equal(result.outcome, "proven");
      assert.ok(n6.holds("firmware") && n6.holds("romfs0"));
      const said = damage === "vectors"
        ? /cannot start, so unbrick stops it/
        : /restarts every two seconds/;
      assert.ok(
        n6.trial.notes.some((note) => said.test(note)),
        n6.trial.notes.join("\n"),
      );
    });
  }
}

Deno.test("the loop is real: the camera comes and goes every two seconds", async () => {
  const n6 = new N6Trial({ condition: "healthy", traps: { resetLoop: "body" } });
  await n6.clock.run(async () => {
    await n6.camera.perform({ id: "plug", text: "" });
    const arrivals = new Set<number>();
    for (let second = 0; second < 10; second++) {
      await n6.clock.sleep(1_000);
      const address = n6.trial.bus.attachments[0]?.address;
      if (address) arrivals.add(address);
    }
    assert.ok(arrivals.size >= 4, `${arrivals.size} arrivals in ten seconds`);
  });
});

Deno.test("a firmware region that cannot be zeroed is told of", async () => {
  const n6 = new N6Trial({ condition: "healthy", traps: { resetLoop: "vectors" } });
  n6.camera.flash.protect(partitionNamed(partitions, "FIRMWARE").start, 1);
  const { error } = await n6.run("flash");
  assert.equal(error?.kind, "device-status");
  assert.match(error.message, /errWRITE/);
});
