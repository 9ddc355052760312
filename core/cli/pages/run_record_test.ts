import assert from "node:assert/strict";
import { join } from "node:path";
import { VirtualClock } from "../../common/virtual_clock.ts";
import { UnbrickError } from "../../common/errors.ts";
import type { RunEvent } from "../../plan/events.ts";
import type { RunReport } from "../../plan/report.ts";
import { ran } from "../../../tests/support/cli/command_rig.ts";
import { RunRecord } from "./run_record.ts";
import { inTempFolder } from "../../../tests/support/temp_folder.ts";

const basis = { version: "1.2.3", job: "flash", simulated: true } as const;
const read = (path: string): RunReport => JSON.parse(Deno.readTextFileSync(path));

Deno.test("wherever a run is killed, its record contains what was known: after every event", async () => {
  const { json } = await ran("flash toy --simulate --fast --yes --json");
  const events = json.filter(({ type }) => type !== "record-lost") as unknown as RunEvent[];
  await inTempFolder((folder) => {
    const path = join(folder, "r.json");
    const record = new RunRecord([path], new VirtualClock(), basis);
    record.begin();
    assert.equal(read(path).finished, false);
    let isChanged = false;
    for (const event of events) {
      record.add(event);
      isChanged ||= event.type === "changing";
      const { finished, outcome, exitCode } = read(path);
      if (event.type === "run-ended") {
        assert.deepEqual([finished, outcome, exitCode], [true, "proven", 0]);
      } else {
        const soFar: string = isChanged ? "partly-written" : "unchanged";
        assert.deepEqual([finished, outcome, exitCode], [false, soFar, undefined], event.type);
      }
    }
    assert.ok(isChanged);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["r.json"]);
  });
});

Deno.test("the record of an earlier run is kept as NAME.1", async () => {
  await inTempFolder(async (folder) => {
    const path = join(folder, "r.json");
    await ran(["verify", "toy", "--simulate", "--fast", "--yes", "--report", path]);
    const first = Deno.readTextFileSync(path);
    const { code } = await ran([
      ...["flash", "toy", "--simulate", "--fast", "--yes"],
      ...["--image", "firmware=/no/such/file", "--report", path],
    ]);
    assert.equal(Deno.readTextFileSync(`${path}.1`), first);
    const { finished, outcome, exitCode, error } = read(path);
    assert.deepEqual([finished, outcome, exitCode], [true, "unchanged", code]);
    assert.notEqual(code, 0);
    assert.ok(error);
  });
});

Deno.test("an invalid command line does not change the old record", async () => {
  await inTempFolder(async (folder) => {
    const path = join(folder, "r.json");
    Deno.writeTextFileSync(path, "old");
    const { code } = await ran(["flash", "no-such-board", "--yes", "--report", path]);
    assert.equal(code, 2);
    assert.equal(Deno.readTextFileSync(path), "old");
    assert.deepEqual([...Deno.readDirSync(folder)].length, 1);
  });
});

Deno.test("a record that cannot be written does not fail the run, and no outdated file remains", async () => {
  await inTempFolder((folder) => {
    const path = join(folder, "records", "r.json");
    Deno.mkdirSync(join(folder, "records"));
    const record = new RunRecord([path], new VirtualClock(), basis);
    record.begin();
    Deno.removeSync(join(folder, "records"), { recursive: true });
    record.failed(new UnbrickError("not-found", "No camera."));
    assert.match(record.lost?.message ?? "", /r\.json cannot be written/);
    assert.equal(record.report.exitCode, 3);
    Deno.mkdirSync(join(folder, "records"));
    record.failed(new UnbrickError("not-found", "No camera."));
    assert.equal(record.lost, undefined);
    assert.equal(read(path).exitCode, 3);
  });
});
