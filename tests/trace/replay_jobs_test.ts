import assert from "node:assert/strict";
import { families } from "../support/boards/families.ts";
import { type Ran, ran } from "../support/cli/command_rig.ts";
import { bundledImages } from "../support/trace/traced_runs.ts";
import { inTempFolder } from "../support/temp_folder.ts";

/** Every job that can be recorded can be replayed, or the replay says why not. */

interface Bench {
  readonly folder: string;
  run(...words: string[]): Promise<Ran>;
}

const bench = (work: (bench: Bench) => Promise<void>) =>
  inTempFolder((folder) =>
    work({ folder, run: (...words) => ran(words, { families, context: { bundledImages } }) })
  );

const simulated = ["--simulate", "--fast", "--yes"];

/** Command lines that are recorded and replayed; FILE and OUT are paths. */
const lines: Readonly<Record<string, string>> = {
  "read": "read BOARD --region firmware -o OUT",
  "backup": "backup BOARD -o OUT",
  "files": "files BOARD",
  "put-back": "put-back FILE --allow other-camera",
  "check": "check BOARD",
  "verify": "verify BOARD",
  "flash": "flash BOARD",
};

for (const board of ["openmv-h7", "openmv-rt1062"]) {
  Deno.test(`replay: each job on the ${board} asks for the same and ends the same`, async () => {
    await bench(async ({ folder, run }) => {
      const file = `${folder}/camera.zip`, trace = `${folder}/t.pcapng`;
      const saved = await run("backup", board, "-o", file, ...simulated);
      assert.equal(saved.code, 0, saved.out);
      for (const [job, line] of Object.entries(lines)) {
        const out = `${folder}/${job}.out`;
        const words = line.replace("BOARD", board).replace("FILE", file).replace("OUT", out);
        const recorded = await run(...words.split(" "), ...simulated, "--trace", trace);
        assert.equal(recorded.code, 0, `${job}: ${recorded.out}${recorded.error}`);
        if (job === "backup" || job === "read") Deno.removeSync(out);
        const replayed = await run("replay", trace);
        assert.equal(replayed.code, 0, `${job}: ${replayed.out}${replayed.error}`);
        assert.match(replayed.out, /The replay ended as the recording did/);
        assert.deepEqual(
          [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".out")),
          [],
        );
        Deno.removeSync(trace);
      }
    });
  });
}

Deno.test("replay of put-back: the backup may be elsewhere, and must be the recorded one", async () => {
  await bench(async ({ folder, run }) => {
    const file = `${folder}/camera.zip`, trace = `${folder}/t.pcapng`;
    await run("backup", "openmv-h7", "-o", file, ...simulated);
    const line = ["put-back", file, "--only", "filesystem", "--allow", "other-camera"];
    assert.equal((await run(...line, ...simulated, "--trace", trace)).code, 0);
    const moved = `${folder}/moved.zip`;
    Deno.renameSync(file, moved);
    const missing = await run("replay", trace);
    assert.equal(missing.code, 3, missing.out + missing.error);
    assert.match(missing.error, /camera\.zip/);
    assert.equal((await run("replay", trace, "--backup", moved)).code, 0);
  });
});

Deno.test("replay of a backup that continued another one is refused with its reason", async () => {
  await bench(async ({ folder, run }) => {
    const file = `${folder}/camera.zip`, trace = `${folder}/t.pcapng`;
    Deno.mkdirSync(`${file}.part`);
    const line = ["backup", "openmv-h7", "-o", file, ...simulated, "--trace", trace];
    assert.equal((await run(...line)).code, 0);
    const replayed = await run("replay", trace);
    assert.equal(replayed.code, 2);
    assert.match(replayed.error.replaceAll(/\s+/g, " "), /continued an interrupted one/);
  });
});

Deno.test("replay of a station is refused with its reason", async () => {
  await bench(async ({ folder, run }) => {
    const trace = `${folder}/t.pcapng`;
    const line = ["station", "openmv-h7", "--count", "2", ...simulated, "--trace", trace];
    assert.equal((await run(...line)).code, 0);
    const replayed = await run("replay", trace);
    assert.equal(replayed.code, 2);
    assert.match(replayed.error.replaceAll(/\s+/g, " "), /several cameras at once/);
  });
});
