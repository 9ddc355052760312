import assert from "node:assert/strict";
import { readTrace } from "../../core/trace/read_trace.ts";
import { fieldTest } from "./field_test_rig.ts";
import { inTempFolder } from "../support/temp_folder.ts";

/** Boards of every family, and the stages that they do not have. */
const boards: Readonly<Record<string, readonly string[]>> = {
  "openmv-h7": [],
  "openmv-h7-plus": [],
  "openmv-m4": [],
  "openmv-n6": [],
  "openmv-rt1062": ["interrupt-restore"],
  "openmv-ae3": [],
  "arduino-giga": ["restore", "interrupt-restore"],
};

for (const [board, without] of Object.entries(boards)) {
  Deno.test(`${board}: a field test passes every stage that the board has`, async () => {
    await inTempFolder(async (folder) => {
      const path = `${folder}/f.zip`;
      const { code, out, record, page, files } = await fieldTest(`${board} --fast --yes`, path);
      const skipped = record.stages.filter(({ state }) => state === "skipped").map(({ id }) => id);
      assert.deepEqual(skipped, without, out);
      const others = record.stages.filter(({ id }) => !without.includes(id));
      assert.deepEqual(others.filter(({ state }) => state !== "passed"), [], out);
      assert.equal(code, 0);
      assert.ok(others.every(({ checks }) => checks.every(({ passed }) => passed === true)));

      const doubtful = record.facts.filter(({ verdict }) => verdict !== "holds");
      assert.deepEqual(doubtful, [], "the model must agree with what it is said to do");
      assert.ok(record.facts.length >= 4);

      assert.equal(record.simulated, true);
      assert.match(out, /simulated/);
      assert.match(page, /The camera was simulated. Nothing here is a fact about a real camera./);
      assert.match(out, /do\s+not\s+send\s+it\s+as\s+a\s+result/);

      for (const run of others.flatMap(({ runs }) => runs)) {
        const entries = readTrace(files.get(`${run}.pcapng`)!, run);
        assert.ok(entries.some(({ type }) => type !== "note"), run);
        const { simulated } = JSON.parse(new TextDecoder().decode(files.get(`${run}.json`)));
        assert.equal(simulated, true, run);
      }
    });
  });
}

Deno.test("the stages before flash write nothing, and two stages pull the cable and repair", async () => {
  await inTempFolder(async (folder) => {
    const { record, files } = await fieldTest("openmv-h7 --fast --yes", `${folder}/f.zip`);
    const outcomes = Object.fromEntries(record.stages.map(({ id, runs }) => [
      id,
      runs.map((run) => {
        const { outcome, exitCode, consents } = JSON.parse(
          new TextDecoder().decode(files.get(`${run}.json`)),
        );
        return `${outcome} ${exitCode} ${consents.length}`;
      }),
    ]));
    assert.deepEqual(outcomes, {
      "look": ["unchanged 0 0"],
      "check": ["proven 0 0"],
      "read": ["unchanged 0 0", "unchanged 0 0"],
      "verify": ["proven 0 0"],
      "flash": ["proven 0 1", "proven 0 0"],
      "interrupt-read": ["unchanged 7 0", "unchanged 0 0"],
      "interrupt-flash": ["partly-written 7 1", "proven 0 1"],
      "restore": ["proven 0 1"],
      "interrupt-restore": ["partly-written 7 1", "proven 0 1"],
      "two-cameras": ["unchanged 16 0", "proven 0 0", "proven 0 0"],
    });
  });
});

Deno.test("a missing boot fuse is reported, never burnt, and never asked for", async () => {
  await inTempFolder(async (folder) => {
    const line = "openmv-rt1062 --fast --yes --trap fuse6=0 --timeout 5";
    const { code, record, cameras } = await fieldTest(line, `${folder}/f.zip`);
    assert.equal(code !== 0, true);
    const restore = record.stages.find(({ id }) => id === "restore")!;
    assert.equal(restore.state, "failed");
    assert.equal(restore.error?.exitCode, 16);
    assert.equal(restore.checks.find(({ id }) => id === "fuse-set")?.passed, false);
    const [camera] = cameras as unknown as { chip: { fuses: { read(word: number): number } } }[];
    assert.equal(camera.chip.fuses.read(6), 0);
    const interrupted = record.stages.find(({ id }) => id === "interrupt-restore")!;
    assert.equal(interrupted.state, "skipped");
    assert.deepEqual(interrupted.runs, []);
  });
});

Deno.test("a camera that differs from its model is found out", async () => {
  await inTempFolder(async (folder) => {
    const line = "openmv-rt1062 --fast --yes --trap speed=full --trap windowMs=5000";
    const { code, record } = await fieldTest(line, `${folder}/f.zip`);
    assert.equal(code, 0); // that a fact does not hold is a result, not a failure
    const differs = record.facts.filter(({ verdict }) => verdict === "differs");
    assert.deepEqual(differs.map(({ id }) => id), ["rom-speed", "window"]);
  });
});

Deno.test("a sensor that is missing fails its stage only, with its own exit code", async () => {
  await inTempFolder(async (folder) => {
    const line = "openmv-h7 --fast --yes --trap sensorMissing";
    const { code, record } = await fieldTest(line, `${folder}/f.zip`);
    assert.equal(code, 17);
    const failed = record.stages.filter(({ state }) => state === "failed").map(({ id }) => id);
    assert.deepEqual(failed, ["check"]);
  });
});
