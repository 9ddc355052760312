import assert from "node:assert/strict";
import { VirtualClock } from "../../common/virtual_clock.ts";
import { ProgressLimit } from "./progress_limit.ts";

Deno.test("however many ports report, at most 10 progress lines a second are printed", async () => {
  for (const ports of [1, 3, 16]) {
    const clock = new VirtualClock();
    const limit = new ProgressLimit(clock);
    let printed = 0;
    const seconds = 20;
    await clock.run(async () => {
      for (let ms = 0; ms < seconds * 1000; ms += 5) {
        for (let port = 0; port < ports; port++) {
          if (limit.lets({ type: "progress", port: `1-${port}` })) printed++;
        }
        await clock.sleep(5);
      }
    });
    assert.ok(printed <= seconds * 10, `${ports} ports: ${printed} lines`);
    assert.ok(printed >= seconds * 8, `${ports} ports: ${printed} lines`);
  }
});

Deno.test("other events are never left out, and a run that has ended does not slow the others", async () => {
  const clock = new VirtualClock();
  const limit = new ProgressLimit(clock);
  await clock.run(async () => {
    assert.ok(limit.lets({ type: "progress", port: "1" }));
    await clock.sleep(100);
    assert.ok(limit.lets({ type: "progress", port: "2" }));
    for (let at = 0; at < 100; at++) assert.ok(limit.lets({ type: "note", port: "1" }));
    await clock.sleep(150);
    assert.ok(!limit.lets({ type: "progress", port: "2" }), "two runs share them");
    assert.ok(limit.lets({ type: "run-ended", port: "1" }));
    assert.ok(limit.lets({ type: "progress", port: "2" }));
  });
});
