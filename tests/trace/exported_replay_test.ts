import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { families } from "../support/boards/families.ts";
import { romfsMagic } from "../../core/image/romfs.ts";
import { startsWith } from "../../core/image/search.ts";
import { readTrace } from "../../core/trace/read_trace.ts";
import { type Ran, ran } from "../support/cli/command_rig.ts";
import { bundledImages } from "../support/trace/traced_runs.ts";
import { inTempFolder } from "../support/temp_folder.ts";

/** Runs that are sent without the user's data: nothing of it is in them, and they can be replayed. */

interface Bench {
  readonly folder: string;
  run(line: string): Promise<Ran>;
}

const bench = (work: (bench: Bench) => Promise<void>) =>
  inTempFolder((folder) => {
    const context = { bundledImages, runsFolder: () => `${folder}/runs` };
    return work({ folder, run: (line) => ran(line.split(" "), { families, context }) });
  });

const simulated = "--simulate --fast --yes";

/** The camera of each has a ROMFS of its own, which the job looks at and keeps. */
const lines = [
  "restore openmv-h7",
  "flash openmv-n6",
  "flash openmv-rt1062",
  "flash openmv-ae3",
  "flash arduino-giga --condition healthy --backup b.zip",
];

for (const line of lines) {
  Deno.test(`a kept run: the camera's own ROMFS is not in it, and its export can be replayed: ${line}`, async () => {
    await bench(async ({ folder, run }) => {
      const trace = `${folder}/t.pcapng`, zip = `${folder}/run.zip`;
      assert.equal(
        (await run(`${line.replace("b.zip", `${folder}/b.zip`)} ${simulated} --trace ${trace}`))
          .code,
        0,
      );
      const [{ name }] = Deno.readDirSync(`${folder}/runs`);
      const kept = Buffer.from(Deno.readFileSync(`${folder}/runs/${name}`));
      // After four bytes of a HID report, or at once.
      const heads = readTrace(Deno.readFileSync(trace), trace).flatMap((one) =>
        one.type === "transfer"
          ? [one.received, one.received.subarray(4)].filter((bytes) =>
            startsWith(bytes, romfsMagic)
          )
          : []
      );
      assert.ok(heads.length > 0);
      for (const head of heads) {
        assert.ok(new Set(head.subarray(32, 64)).size > 4);
        assert.equal(kept.indexOf(head.subarray(32, 64)), -1);
      }
      assert.equal((await run(`runs export -o ${zip}`)).code, 0);
      const { code, out, error } = await run(`replay ${zip}`);
      assert.equal(code, 0, out + error);
      assert.match(out, /The replay ended as the recording did/);
    });
  });
}

Deno.test("replay of an exported read: other bytes stand in, and the replay says so", async () => {
  await bench(async ({ folder, run }) => {
    const zip = `${folder}/run.zip`;
    await run(`read openmv-h7 --region firmware -o ${folder}/o.bin ${simulated}`);
    await run(`runs export -o ${zip}`);
    const { code, out } = await run(`replay ${zip}`);
    assert.equal(code, 0, out);
    assert.match(
      out.replaceAll(/\s+/g, " "),
      /payloads were left out .* so other bytes stood in for them/,
    );
    const { json } = await run(`replay ${zip} --json`);
    assert.ok(Number(json.at(-1)?.standIns) > 10);
  });
});

for (const board of ["arduino-giga", "openmv-h7", "openmv-n6", "openmv-rt1062"]) {
  Deno.test(`replay of an exported run in which files were erased: ${board}`, async () => {
    await bench(async ({ folder, run }) => {
      const line = `flash ${board} --condition healthy --romfs write --erase-filesystem`;
      assert.equal((await run(`${line} ${simulated}`)).code, 0);
      await run(`runs export -o ${folder}/run.zip`);
      const { code, out } = await run(`replay ${folder}/run.zip`);
      assert.equal(code, 0, out);
    });
  });
}
