import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { families } from "../support/boards/families.ts";
import { bundledSet } from "../../core/image/pack.ts";
import type { Batch } from "../../core/cli/records/batch.ts";
import { type Ran, ran, type Surroundings } from "../support/cli/command_rig.ts";
import { inTempFolder } from "../support/temp_folder.ts";

/** A shop's station, as its technician uses it: profile, operator, batch, and the records' check. */

const images = new URL("../../images/", import.meta.url);
const origin = { host: "line-2", sha256: "ab".repeat(32) };

const run = (line: string, surroundings: Surroundings = {}): Promise<Ran> =>
  ran(line, {
    families,
    ...surroundings,
    context: {
      bundledImages: () => bundledSet((path) => Deno.readFileSync(new URL(path, images))),
      runOrigin: () => Promise.resolve(origin),
      ...surroundings.context,
    },
  });

const inFolder = (work: (path: (name: string) => string) => Promise<void>) =>
  inTempFolder((folder) => work((name) => join(folder, name)));

const batchIn = (folder: string): Batch =>
  JSON.parse(Deno.readTextFileSync(join(folder, "batch.json")));

Deno.test("three boards from a profile: a record of each camera, a batch, and verify-records finds what was changed", () =>
  inFolder(async (path) => {
    const records = path("records"), profile = path("line-2.json");
    Deno.writeTextFileSync(
      profile,
      JSON.stringify({
        ...{ boards: ["openmv-h7", "OpenMV Cam RT1062", "openmv-n6"], yes: true, count: 4 },
        ...{
          simulate: true,
          fast: true,
          trap: ["1:sensorMissing", "3:unplug"],
          operator: "Ada",
          report: records,
        },
      }),
    );
    const { code, out } = await run(`station --profile ${profile}`);
    assert.notEqual(code, 0);
    assert.match(out, /Started 4, proven 3, failed 1/);
    assert.doesNotMatch(out.slice(out.indexOf("Started 4")), /\bdone\b/i);
    const ends = out.match(/^1-\d: (Proven|Done and|Failed).*Unplug this camera\.$/gm)!;
    assert.deepEqual(ends.map((line) => line.slice(5)).toSorted(), [
      "Failed. Unplug this camera.",
      "Proven, but the check found a fault. Unplug this camera.",
      "Proven. Unplug this camera.",
      "Proven. Unplug this camera.",
    ]);
    const { cameras, last } = batchIn(records);
    const byRun = cameras.toSorted((one, other) =>
      one.record.slice(-8) < other.record.slice(-8) ? -1 : 1
    );
    assert.deepEqual(
      new Set(byRun.map(({ board }) => board!.id)),
      new Set([
        ...["openmv-h7", "openmv-rt1062", "openmv-n6"],
      ]),
    );
    const [failed, ...others] = byRun.filter(({ outcome }) => outcome !== "proven");
    assert.deepEqual([failed.board?.id, failed.check, others], ["openmv-n6", "not-made", []]);
    const checks = byRun.filter((one) => one !== failed).map(({ check }) => check);
    assert.deepEqual(checks.sort(), ["passed", "passed", "sensor-missing"]);
    for (const camera of cameras) {
      const record = JSON.parse(Deno.readTextFileSync(join(records, camera.record)));
      assert.deepEqual([record.host, record.tool.sha256], [origin.host, origin.sha256]);
      assert.deepEqual([camera.operator, camera.simulated, camera.job], ["Ada", true, "restore"]);
      assert.equal(camera.port, record.station.port);
      assert.ok(camera.versions.length > 0 && camera.serials.length > 0);
      const page = Deno.readTextFileSync(join(records, camera.record.replace("json", "html")));
      assert.ok(page.includes(origin.sha256) && page.includes(origin.host));
    }
    assert.equal(Deno.readTextFileSync(join(records, "batch.csv")).trim().split("\r\n").length, 5);

    const intact = await run(`verify-records ${records}`);
    assert.equal(intact.code, 0);
    assert.match(intact.out.replaceAll(/\s+/g, " "), /4 records are as the station left them/);
    assert.ok(intact.out.replaceAll(/\s+/g, "").includes(last!.sha256));

    const [first, second, third] = cameras.map(({ record }) => join(records, record));
    Deno.writeTextFileSync(first, Deno.readTextFileSync(first).replace("Ada", "Bob"));
    Deno.removeSync(second);
    Deno.copyFileSync(third, join(records, "copy.json"));
    Deno.copyFileSync(third, join(records, "OTHER.JSON"));
    const { code: found, json } = await run(`verify-records ${records} --json`);
    assert.equal(found, 15);
    assert.equal(json[0].intact, false);
    const problems = json[0].problems as { problem: string; file: string }[];
    assert.deepEqual(problems.map(({ problem, file }) => [problem, join(records, file)]), [
      ["changed", first],
      ["missing", second],
      ["inserted", join(records, "OTHER.JSON")],
      ["inserted", join(records, "copy.json")],
    ]);
  }));

Deno.test("the operator is asked once, and is in every record; without a terminal, the station says how to name them", () =>
  inFolder(async (path) => {
    const asked: string[] = [];
    const line = `station openmv-h7 --yes --simulate --fast --count 2 --ask-operator --report ${
      path("records")
    }`;
    const prompts = {
      line: (question: unknown) => {
        asked.push(String(question));
        return Promise.resolve("  badge 17 ");
      },
    };
    const { code } = await run(line, { prompts, console: { isTerminal: true, canAsk: true } });
    assert.equal(code, 0);
    assert.equal(asked.length, 1);
    assert.deepEqual(batchIn(path("records")).cameras.map(({ operator }) => operator), [
      ...["badge 17", "badge 17"],
    ]);
    const alone = await run(line);
    assert.equal(alone.code, 16);
    assert.match(alone.error, /--operator NAME/);
    assert.equal((await run(`${line} --operator Ada`)).code, 0);
  }));

Deno.test("a signed batch: the shop's key is asked for with --public-key, and another one is refused", () =>
  inFolder(async (path) => {
    const keys = ["shop", "other"].map((name) => {
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      const pem = privateKey.export({ type: "pkcs8", format: "pem" });
      Deno.writeTextFileSync(path(`${name}.pem`), String(pem));
      Deno.writeTextFileSync(
        path(`${name}.pub`),
        String(publicKey.export({ type: "spki", format: "pem" })),
      );
      return name;
    });
    const line = `station openmv-m4 --yes --simulate --fast --count 1 --report ${path("records")}`;
    assert.equal((await run(`${line} --sign ${path("shop.pem")}`)).code, 0);
    const verified = await Promise.all(keys.map(async (name) => {
      const { code, json } = await run(
        `verify-records ${path("records")} --json --public-key ${path(`${name}.pub`)}`,
      );
      return [code, json[0].intact];
    }));
    assert.deepEqual(verified, [[0, true], [15, false]]);
    const plain = await run(`verify-records ${path("records")}`);
    assert.match(
      plain.out.replaceAll(/\s+/g, " "),
      /last one is signed; to check that, add --public-key/,
    );
    for (const other of ["", ` --sign ${path("other.pem")}`]) {
      const { code, error } = await run(line + other);
      assert.equal(code, 2);
      assert.match(error, /signed/);
    }
    const wrong = await run(`${line} --sign ${path("shop.pub")}`);
    assert.equal(wrong.code, 13);
    assert.match(wrong.error, /openssl genpkey -algorithm ed25519/);
  }));

Deno.test("options of records need --report; a wrong profile or folder says what is wrong, in the form that the line asks for", () =>
  inFolder(async (path) => {
    for (const option of ["--ask-operator", "--sign key.pem"]) {
      const { code, error } = await run(`station h7 --yes --simulate ${option}`);
      assert.equal(code, 2);
      assert.match(error, /is for records\. Add --report FOLDER/);
    }
    Deno.writeTextFileSync(path("p.json"), `{"boards": "h7", "json": true, "speed": 1}`);
    const unknown = await run(`station --profile ${path("p.json")}`);
    assert.equal(unknown.code, 2);
    assert.match(unknown.error.replaceAll(/\s+/g, " "), /"speed" is not an option of a station/);
    Deno.writeTextFileSync(path("p.json"), `{"boards": "h7", "json": true}`);
    const { code, json } = await run(`station --profile ${path("p.json")}`);
    assert.deepEqual([code, json[0].type], [16, "failed"]);
    assert.match(
      (await run(`station --profile ${path("none.json")}`)).error,
      /There is no file or folder/,
    );
    assert.equal((await run(`station --profile ${path("none.json")} --help`)).code, 0);

    Deno.mkdirSync(path("r"));
    Deno.writeTextFileSync(path("r/batch.json"), "");
    const other = await run(`station h7 --yes --simulate --report ${path("r")}`);
    assert.equal(other.code, 13);
    assert.match(other.error, /Name a new folder with --report/);
    assert.equal((await run(`verify-records ${path("r")}`)).code, 13);
    assert.equal((await run(`verify-records ${path("none")}`)).code, 3);
  }));
