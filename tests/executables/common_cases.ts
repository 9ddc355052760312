import assert from "node:assert/strict";
import { families } from "../support/boards/families.ts";
import type { Board } from "../../core/family/board.ts";
import { exitCodes } from "../../core/common/errors.ts";
import { makeZip } from "../../core/image/zip_writer.ts";
import config from "../../deno.json" with { type: "json" };
import { shippedProgram } from "../../tools/shipped.ts";
import { examplePlugin } from "../support/boards/example_plugin.ts";
import { sampleRelease } from "../support/images/sample_release.ts";
import { type ExecutableCase, type Outcome, outcomeText } from "./launcher.ts";

/** Cases for the executable of every system. */
export const commonCases: readonly ExecutableCase[] = [
  {
    name: "--version",
    isBasic: true,
    async run(launcher) {
      const outcome = await launcher.run("--version");
      assert.equal(outcome.code, 0, outcomeText(outcome));
      assert.equal(outcome.stdout.trim(), config.version);
    },
  },
  {
    name: "--help names the commands",
    async run(launcher) {
      const outcome = await launcher.run("--help");
      assert.equal(outcome.code, 0, outcomeText(outcome));
      for (const command of ["restore", "flash", "devices", "licenses", "dfu-util"]) {
        assert.match(outcome.stdout, new RegExp(`\\b${command}\\b`));
      }
    },
  },
  {
    name: "boards lists every board",
    isBasic: true,
    async run(launcher) {
      const listed = events(await launcher.run("boards", "--json"));
      const boards = families.flatMap(({ boards }) => boards.map(({ id }) => id));
      assert.deepEqual(listed.map(({ id }) => id).sort(), boards.sort());
    },
  },
  {
    name: "plan shows addresses and hashes without a camera",
    async run(launcher) {
      const outcome = await launcher.run("plan", "restore", "openmv-h7", "--json");
      assert.match(JSON.stringify(events(outcome)), /134217728|0x08000000/);
      assert.match(outcome.stdout, /[0-9a-f]{64}/);
    },
  },
  ...families.map(({ id, boards }): ExecutableCase => ({
    name: `${id}: a simulated camera is restored or flashed, with proof`,
    isBasic: true,
    async run(launcher) {
      const board = boards.at(0)!;
      const job = offers(board, "restore") ? "restore" : "flash";
      const line = [job, board.id, "--simulate", "--fast", "--json", "--yes"];
      const ended = events(await launcher.run(...line, "--allow-fuse", "boot-source")).at(-1)!;
      assert.equal(ended.type, "run-ended", JSON.stringify(ended));
      assert.equal(ended.outcome, "proven");
    },
  })),
  {
    name: "a fuse is not burnt without its own consent, and the exit code shows it",
    async run(launcher) {
      const line = ["restore", "openmv-rt1062", "--simulate", "--fast", "--yes"];
      const outcome = await launcher.run(...line, "--condition", "blank");
      assert.equal(outcome.code, exitCodes["consent-needed"], outcomeText(outcome));
    },
  },
  {
    name: "a job that the board does not offer is refused",
    async run(launcher) {
      const line = ["restore", "arduino-giga", "--simulate", "--fast", "--yes"];
      const outcome = await launcher.run(...line);
      assert.equal(outcome.code, exitCodes["wrong-board"], outcomeText(outcome));
      assert.match(outcome.stderr, /Arduino/);
    },
  },
  {
    name: "an invalid image is refused, with its file name",
    async run(launcher) {
      await Deno.writeFile(`${launcher.folder}/wrong.bin`, new Uint8Array(70_000));
      const image = `bootloader=${launcher.inside("wrong.bin")}`;
      const line = ["restore", "openmv-h7", "--simulate", "--fast", "--yes", "--image", image];
      const outcome = await launcher.run(...line);
      assert.equal(outcome.code, exitCodes["bad-image"], outcomeText(outcome));
      assert.match(outcome.stderr, /wrong\.bin/);
    },
  },
  {
    name: "read and --report write files",
    async run(launcher) {
      const line = ["read", "openmv-h7", "--simulate", "--fast", "--yes", "--region", "bootloader"]
        .concat("-o", launcher.inside("read.bin"), "--report", launcher.inside("report.json"));
      const outcome = await launcher.run(...line);
      assert.equal(outcome.code, 0, outcomeText(outcome));
      assert.equal((await Deno.stat(`${launcher.folder}/read.bin`)).size, 128 * 1024);
      const report = JSON.parse(await Deno.readTextFile(`${launcher.folder}/report.json`));
      assert.equal(typeof report.schema, "number");
    },
  },
  {
    name: "a family from outside restores its simulated camera; its errors keep their exit code",
    async run(launcher) {
      await Deno.writeTextFile(`${launcher.folder}/example_cam.js`, examplePlugin());
      await Deno.writeTextFile(`${launcher.folder}/firmware.bin`, "EXAMPLE-CAM".repeat(5_000));
      const plugin = launcher.inside("example_cam.js");
      const line = ["restore", "example-cam", "--simulate", "--fast", "--yes", "--plugin", plugin];
      const image = `firmware=${launcher.inside("firmware.bin")}`;
      const restored = events(await launcher.run(...line, "--json", "--image", image));
      assert.equal(restored.at(-1).outcome, "proven");
      const outcome = await launcher.run(...line);
      assert.equal(outcome.code, exitCodes["not-found"], outcomeText(outcome));
      const missing = await launcher.run("boards", "--plugin", launcher.inside("missing.js"));
      assert.equal(missing.code, exitCodes["not-found"], outcomeText(missing));
    },
  },
  {
    name: "licenses prints the licence texts of everything in the executable",
    isBasic: true,
    async run(launcher) {
      const outcome = await launcher.run("licenses");
      assert.equal(outcome.code, 0, outcomeText(outcome));
      assert.match(outcome.stdout, /GNU LESSER GENERAL PUBLIC LICENSE/);
      const { packages } = await shippedProgram();
      assert.ok(packages.length > 0);
      for (const name of ["unbrick", "libusb", "deno", ...packages.map(({ name }) => name)]) {
        assert.match(outcome.stdout, new RegExp(`^${name} \\d`, "m"));
      }
      assert.doesNotMatch(outcome.stdout, /fast-check/);
    },
  },
  {
    name: "--lang zh: Chinese, in UTF-8",
    isBasic: true,
    async run(launcher) {
      const outcome = await launcher.run("--lang", "zh", "boards");
      assert.equal(outcome.code, 0, outcomeText(outcome));
      assert.match(outcome.stdout, /\p{Script=Han}{3}/u, outcomeText(outcome));
      assert.doesNotMatch(outcome.stdout, /\uFFFD/);
    },
  },
  {
    name: "images import of a release; a restore uses it; images verify",
    isBasic: true,
    async run(launcher) {
      const zip = makeZip(sampleRelease("5.1.0"));
      await Deno.writeFile(`${launcher.folder}/firmware_v5.1.0.zip`, zip);
      const line = ["images", "import", launcher.inside("firmware_v5.1.0.zip"), "--json"];
      const [imported] = events(await launcher.run(...line));
      const { type, set, isNew, folder } = imported;
      assert.deepEqual([type, set, isNew], ["imported", "5.1.0", true]);
      assert.equal(folder, launcher.imageStore);
      const restore = ["restore", "openmv-m4", "--simulate", "--fast", "--yes", "--json"];
      const run = events(await launcher.run(...restore));
      const start = run.find(({ type }) => type === "run-started");
      assert.match(start.imagesFrom, /the imported set 5\.1\.0$/);
      assert.equal(run.at(-1).outcome, "proven");
      const verified = events(await launcher.run("images", "verify", "--json"));
      assert.deepEqual(
        verified.map(({ name, intact }) => [name, intact]),
        [["5.1.0", true], ["bundled", true]],
      );
    },
  },
  {
    name: "a station: three cameras, each proven, each with its record of this executable",
    isBasic: true,
    async run(launcher) {
      const line = ["station", "h7", "--simulate", "--fast", "--yes", "--count", "3", "--json"];
      const told = events(await launcher.run(...line, "--report", launcher.inside("records")));
      assert.deepEqual(told.at(-1).totals, { started: 3, proven: 3, failed: 0, skipped: 0 });
      const records = [...Deno.readDirSync(`${launcher.folder}/records`)].map(({ name }) => name);
      for (const ending of ["json", "html"]) {
        const own = records.filter((name) => /_port-/.test(name) && name.endsWith(`.${ending}`));
        assert.equal(own.length, 3, ending);
      }
      const [verified] = events(
        await launcher.run("verify-records", launcher.inside("records"), "--json"),
      );
      assert.deepEqual([verified.intact, verified.records], [true, 3]);
      const record = records.find((name) => /_port-.*json$/.test(name));
      const { tool, host } = JSON.parse(
        Deno.readTextFileSync(`${launcher.folder}/records/${record}`),
      );
      assert.match(tool.sha256, /^[0-9a-f]{64}$/);
      assert.ok(host !== "");
    },
  },
];

/** Returns the JSON lines of a run that must have succeeded. */
// deno-lint-ignore no-explicit-any
export function events(outcome: Outcome): any[] {
  assert.equal(outcome.code, 0, outcomeText(outcome));
  return outcome.stdout.trim().split(/\r?\n/).map((line) => JSON.parse(line));
}

function offers(board: Board, job: "restore" | "flash"): boolean {
  return board.jobs[job] === true;
}
