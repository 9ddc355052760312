import assert from "node:assert/strict";
import { VirtualClock } from "../../common/virtual_clock.ts";
import type { RunEvent } from "../../plan/events.ts";
import { ran } from "../../../tests/support/cli/command_rig.ts";
import { withDiskCalls } from "../../../tests/support/records/disk_calls.ts";
import { inTempFolder } from "../../../tests/support/temp_folder.ts";
import { verifyFolder } from "../records/verify_folder.ts";
import { StationRecords } from "./station_records.ts";

const basis = { version: "1.2.3", job: "flash", simulated: true } as const;

Deno.test("the other cameras wait for the disk only when a run starts, before each change and at its end", async () => {
  const { json } = await ran("flash toy --simulate --fast --yes --json");
  const events = json as unknown as RunEvent[];
  await inTempFolder((folder) => {
    using records = new StationRecords(folder, new VirtualClock(), basis);
    for (const event of events) {
      let syncs = 0;
      withDiskCalls((call) => syncs += call === "syncSync" ? 1 : 0, () => {
        assert.equal(records.add({ ...event, port: "1-1", run: 1 }), undefined);
      });
      // At the end: the last state, then the page, the record, the batch and its table.
      const expected = { "run-started": 1, changing: 1, "run-ended": 5 };
      assert.equal(syncs, expected[event.type as keyof typeof expected] ?? 0, event.type);
    }
    for (const type of ["run-started", "changing", "run-ended"]) {
      assert.ok(events.some((event) => event.type === type), type);
    }
    const { problems, unfinished, batch } = verifyFolder(folder);
    assert.deepEqual([problems, unfinished, batch.cameras.length], [[], [], 1]);
  });
});
