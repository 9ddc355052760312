import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { families } from "./support/boards/families.ts";
import { decodeBackup } from "../core/image/backup.ts";
import { fileSystemsIn } from "../core/image/memory_part.ts";
import { userFiles } from "../core/image/sample_fat.ts";
import { ran } from "./support/cli/command_rig.ts";
import { bundledImages } from "./support/trace/traced_runs.ts";
import { inTempFolder } from "./support/temp_folder.ts";

/** `--backup` of restore and flash: what is saved, what is told before the first write, and when it ends. */

const context = { families, context: { bundledImages } };

const inFolder = (work: (zip: string) => Promise<void>) =>
  inTempFolder((folder) => work(join(folder, "b.zip")));

async function run(line: string, zip: string) {
  const words = `${line} --backup ${zip} --simulate --fast --yes --no-check --json`.split(" ");
  const { code, out } = await ran(words, context);
  const events = out.trim().split("\n").map((line) => JSON.parse(line));
  const one = (type: string) => events.find((event) => event.type === type);
  return { code, events, summary: one("about-to-write"), end: one("run-ended") };
}

const saved = (zip: string) => decodeBackup(Deno.readFileSync(zip), "b.zip");

for (
  const line of [
    "restore openmv-m4",
    "restore openmv-h7",
    "restore openmv-n6",
    "restore openmv-rt1062 --allow boot-source",
    "restore openmv-ae3",
    "flash openmv-m7 --condition healthy",
    "flash openmv-n6 --condition healthy",
    "flash openmv-rt1062 --condition healthy",
    "flash openmv-ae3 --condition healthy",
    "flash arduino-nicla-vision --condition healthy",
  ]
) {
  Deno.test(`the user's files are in the backup of: ${line}`, () =>
    inFolder(async (zip) => {
      const { code, events, summary, end } = await run(`${line} --erase-filesystem`, zip);
      assert.deepEqual([code, end.outcome], [0, "proven"]);
      const files = fileSystemsIn(saved(zip).regions).filter(({ kind }) => kind.startsWith("FAT"))
        .flatMap(({ files }) => files.map(({ path, read }) => ({ path, content: read() })));
      assert.deepEqual(files, userFiles);
      assert.ok(!existsSync(`${zip}.part`));
      assert.deepEqual(summary.mayLose, []);
      const states = new Map<string, string>(
        summary.backup.regions.map(({ region, state }: Record<string, string>) => [region, state]),
      );
      assert.ok(["saved", "later"].includes(states.get("file system")!));
      // The files are read before they are erased.
      const read = events.findIndex(({ type, step }) =>
        type === "step-done" && ["back-up-filesystem", "back-up-rwfs"].includes(step)
      );
      const erased = events.findIndex(({ type, what }) =>
        type === "changing" && what === "file system"
      );
      assert.ok(read >= 0 && erased > read, `${read}, ${erased}`);
    }));
}

Deno.test("without a backup the summary names the files that may be lost", async () => {
  const { out } = await ran(
    "flash openmv-h7 --simulate --fast --yes --json --condition healthy".split(" "),
    context,
  );
  const summary = out.split("\n").find((line) => line.includes('"about-to-write"'))!;
  assert.deepEqual(JSON.parse(summary).mayLose, ["file system"]);
});

for (
  const [line, words] of [
    ["restore openmv-h7", /Erased +bootloader, firmware\. The backup has the present contents\./],
    [
      "restore openmv-n6",
      /Erased +bootloader, firmware\. Not in the backup, and lost: bootloader\.[^]*Not saved bootloader: \w/,
    ],
  ] as const
) {
  Deno.test(`the summary says what of the erased is lost: ${line}`, () =>
    inFolder(async (zip) => {
      const command = `${line} --backup ${zip} --simulate --fast --yes --no-check`.split(" ");
      const { out } = await ran(command, context);
      assert.match(out, words);
    }));
}

for (
  const [command, region] of [
    ["flash openmv-h7 --condition healthy", "filesystem"],
    ["restore openmv-h7 --condition bricked", "filesystem"],
    ["flash openmv-n6 --condition healthy", "filesystem"],
    ["flash openmv-rt1062 --condition healthy", "filesystem"],
    ["flash openmv-ae3 --condition healthy", "rwfs"],
    ["flash arduino-giga --condition healthy", "filesystem"],
  ]
) {
  Deno.test(`a region that cannot be read ends an unattended run with 16: ${command}`, () =>
    inFolder(async (zip) => {
      const line = `${command} --trap unreadable=${region}`;
      const { code, events, end } = await run(line, zip);
      assert.deepEqual([code, end.outcome], [16, "unchanged"]);
      assert.equal(end.error.data.consent, "partial-backup");
      assert.ok(!events.some(({ type }) => type === "changing"));
      assert.ok(!existsSync(zip), "half a backup has not the name of a whole one");

      const agreed = await run(`${line} --allow partial-backup`, zip);
      assert.deepEqual([agreed.code, agreed.end.outcome], [0, "proven"]);
      assert.deepEqual(saved(zip).missing.map(({ name }) => name), [region]);
      const lost = agreed.summary.backup.regions.filter(({ state }: { state: string }) =>
        state === "not-saved"
      );
      assert.equal(lost.length, 1);
    }));
}

Deno.test("a zip that exists is never replaced", () =>
  inFolder(async (zip) => {
    await Deno.writeTextFile(zip, "something of the user's");
    const { code } = await ran(
      `flash openmv-h7 --backup ${zip} --simulate --fast --yes --condition healthy`.split(" "),
      context,
    );
    assert.equal(code, 2);
    assert.equal(await Deno.readTextFile(zip), "something of the user's");
  }));

Deno.test("a damaged file system is saved as it is, and files says what is damaged", () =>
  inFolder(async (zip) => {
    const { code } = await run("flash openmv-h7 --condition healthy --trap filesDamaged", zip);
    assert.equal(code, 0);
    const { code: files, out } = await ran(["files", zip], context);
    assert.equal(files, 13);
    assert.match(out, /main\.py is damaged: only 0 of \d+ bytes can be read/);
  }));

Deno.test("what was saved goes back, and the camera sees", () =>
  inFolder(async (zip) => {
    assert.equal((await run("restore openmv-h7 --erase-filesystem", zip)).code, 0);
    // The ROM of an H7 does not show the id of the camera.
    const line =
      `put-back ${zip} --only filesystem --simulate --fast --yes --condition healthy --allow other-camera`;
    const { code, out } = await ran(line.split(" "), context);
    assert.equal(code, 0, out);
    assert.match(out, /Check of the running camera: The OpenMV Cam H7 sees/);
  }));
