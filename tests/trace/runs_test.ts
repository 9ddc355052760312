import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { families } from "../support/boards/families.ts";
import { inMemory } from "../../core/image/byte_source.ts";
import { zipFiles } from "../../core/image/zip.ts";
import { readTrace } from "../../core/trace/read_trace.ts";
import { type Ran, ran } from "../support/cli/command_rig.ts";
import { bundledImages } from "../support/trace/traced_runs.ts";
import { inTempFolder } from "../support/temp_folder.ts";

/** The last runs: what is kept, what is sent, and when nothing is. */

const restore = "restore openmv-h7 --simulate --fast --yes";
const personalNames = () => ({ home: "/home/erika", user: "erika", host: "bench-7" });

interface Bench {
  readonly folder: string;
  run(line: string | readonly string[]): Promise<Ran>;
  files(): string[];
}

const bench = (work: (bench: Bench) => Promise<void>) =>
  inTempFolder((base) => {
    const folder = `${base}/runs`;
    const context = { bundledImages, runsFolder: () => folder, personalNames };
    return work({
      folder: base,
      run: (line) => ran(line, { families, context }),
      files: () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
    });
  });

Deno.test("each run is kept; runs lists them, the newest first; --no-recorder keeps none", async () => {
  await bench(async ({ run, files }) => {
    assert.match((await run("runs")).out, /No run is kept yet/);
    assert.equal((await run(`${restore} --bootloader-only`)).code, 0);
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // names have whole seconds
    const failed = await run(`${restore} --trap readProtection=errVENDOR-always`);
    assert.equal(failed.code, 14);
    assert.match(failed.out, /make a file to send: unbrick runs export -o run\.zip/);
    const { json } = await run("runs --json");
    assert.deepEqual(json.map(({ number, exitCode }) => [number, exitCode]), [[1, 14], [2, 0]]);
    assert.equal(json[1].outcome, "proven");
    const before = files();
    await run(`${restore} --bootloader-only --no-recorder`);
    await run("boards");
    assert.deepEqual(files(), before);
    if (Deno.build.os !== "windows") {
      assert.equal(Deno.statSync(String(json[0].path)).mode! & 0o077, 0);
    }
  });
});

Deno.test("at most 20 runs are kept, and at most 64 MB of them", async () => {
  await bench(async ({ folder, run, files }) => {
    Deno.mkdirSync(`${folder}/runs`);
    for (let number = 10; number < 40; number++) {
      Deno.writeFileSync(`${folder}/runs/202601${number}T000000Z_1.pcapng`, new Uint8Array(9));
    }
    await run("verify openmv-h7 --simulate --fast --yes");
    assert.equal(files().length, 20);
    assert.ok(!files()[0].startsWith("20260120"));
    const large = `${folder}/runs/20260199T000000Z_1.pcapng`;
    Deno.writeFileSync(large, new Uint8Array());
    Deno.truncateSync(large, 65 * 2 ** 20);
    await run("verify openmv-h7 --simulate --fast --yes");
    assert.ok(files().length <= 2, String(files()));
  });
});

Deno.test("runs export: no names, no user data, and it can be replayed", async () => {
  await bench(async ({ folder, run }) => {
    const done = await run([
      ...restore.split(" "),
      ...["--operator", "Erika Musterfrau", "--report", `${folder}/erika.json`],
    ]);
    assert.equal(done.code, 0, done.out);
    const zip = `${folder}/run.zip`;
    assert.equal((await run(["runs", "export", "last", "-o", zip])).code, 0);
    const files = zipFiles(inMemory(Deno.readFileSync(zip)), zip);
    assert.deepEqual(files.paths, ["trace.pcapng", "record.json", "doctor.json"]);
    const text = new TextDecoder("latin1");
    for (const path of files.paths) {
      assert.doesNotMatch(text.decode(files.read(path)), /erika|musterfrau|bench-7/i, path);
    }
    const record = JSON.parse(text.decode(files.read("record.json")));
    assert.deepEqual([record.outcome, record.finished], ["proven", true]);

    const entries = readTrace(files.read("trace.pcapng"), zip);
    const bulk = entries.filter((one) =>
      one.type === "transfer" && one.step === "romfs0" && one.moved > 64
    );
    assert.ok(bulk.length > 0);
    assert.ok(bulk.every((one) => one.type === "transfer" && one.leftOut));
    const other = entries.filter((one) => one.type === "transfer" && one.step === "firmware");
    assert.ok(other.some((one) => one.type === "transfer" && one.sent.length > 64));

    assert.equal((await run(["runs", "export", "9", "-o", `${folder}/9.zip`])).code, 3);
  });
});

Deno.test("with --with-user-data, a run and its export keep everything, and can be replayed", async () => {
  await bench(async ({ folder, run }) => {
    const line = [...restore.split(" "), "--operator", "Erika Musterfrau"];
    assert.equal((await run([...line, "--with-user-data"])).code, 0);
    const all = `${folder}/all.zip`;
    const exported = ["runs", "export", "-o", all, "--with-names", "--with-user-data"];
    assert.match((await run(exported)).out, /It contains the user's data\./);
    const kept = zipFiles(inMemory(Deno.readFileSync(all)), all).read("trace.pcapng");
    assert.match(new TextDecoder("latin1").decode(kept), /Erika Musterfrau/);
    assert.ok(readTrace(kept, all).every((one) => one.type === "note" || !one.leftOut));
    const replayed = await run(["replay", all]);
    assert.equal(replayed.code, 0, replayed.out + replayed.error);
    assert.equal((await run(line)).code, 0);
    const later = await run(["runs", "export", "-o", `${folder}/2.zip`, "--with-user-data"]);
    assert.match(later.out.replaceAll(/\s+/g, " "), /the run was kept without it/);
  });
});

/** How many of 24 pieces of 32 bytes are in a file; what is blank does not count. */
function piecesIn(file: Uint8Array, bytes: Uint8Array): number {
  const inside = Buffer.from(file);
  return Array.from({ length: 24 }, (_, at) => {
    const start = Math.floor(at * bytes.length / 24);
    return bytes.subarray(start, start + 32);
  }).filter((piece) => new Set(piece).size > 4 && inside.indexOf(piece) >= 0).length;
}

Deno.test("the kept file itself holds nothing of what was read, of any family", async () => {
  for (const board of ["openmv-h7", "openmv-n6", "openmv-rt1062", "openmv-ae3"]) {
    await bench(async ({ folder, run, files }) => {
      const line = `read ${board} --simulate --fast --yes`.split(" ");
      const read = `${folder}/contents`;
      assert.equal((await run([...line, "-o", read])).code, 0);
      const contents = Deno.statSync(read).isFile
        ? [Deno.readFileSync(read)]
        : [...Deno.readDirSync(read)].map(({ name }) => Deno.readFileSync(`${read}/${name}`));
      const kept = Deno.readFileSync(`${folder}/runs/${files()[0]}`);
      assert.deepEqual(contents.map((bytes) => piecesIn(kept, bytes)), contents.map(() => 0));
      const again = `${folder}/again`;
      assert.equal((await run([...line, "--with-user-data", "-o", again])).code, 0);
      const whole = Deno.readFileSync(`${folder}/runs/${files().at(-1)}`);
      assert.ok(contents.some((bytes) => piecesIn(whole, bytes) > 0), board);
    });
  }
});

Deno.test("doctor's facts are those of the run, not those of the export", async () => {
  await bench(async ({ folder, run }) => {
    // A simulated camera needs nothing of the computer, so nobody asks doctor then.
    assert.notEqual(
      (await run(["read", "openmv-h7", "--region", "firmware", "-o", `${folder}/f`])).code,
      0,
    );
    const zip = `${folder}/run.zip`;
    await run(["runs", "export", "-o", zip]);
    const doctor = (file: string) =>
      JSON.parse(new TextDecoder().decode(
        zipFiles(inMemory(Deno.readFileSync(file)), file).read("doctor.json"),
      ));
    assert.equal(doctor(zip).version, "1.2.3");
    const later = `${folder}/later.zip`;
    const context = { version: "9.9.9", runsFolder: () => `${folder}/runs` };
    assert.equal((await ran(["runs", "export", "-o", later], { families, context })).code, 0);
    assert.deepEqual(doctor(later), doctor(zip));
  });
});

Deno.test("runs export: nothing of what read has read", async () => {
  await bench(async ({ folder, run }) => {
    const line = "read openmv-h7 --simulate --fast --yes --region firmware -o".split(" ");
    const done = await run([...line, `${folder}/firmware.bin`]);
    assert.equal(done.code, 0, done.out + done.error);
    const zip = `${folder}/run.zip`;
    assert.equal((await run(["runs", "export", "-o", zip])).code, 0);
    const trace = zipFiles(inMemory(Deno.readFileSync(zip)), zip).read("trace.pcapng");
    const uploads = readTrace(trace, zip).filter((one) =>
      one.type === "transfer" && one.setup?.bRequest === 2 && one.moved > 64
    );
    assert.ok(uploads.length > 10);
    assert.ok(uploads.every((one) => one.type === "transfer" && one.leftOut));
  });
});

Deno.test("where nothing can be kept, the run goes on with one line", async () => {
  await bench(async ({ folder, run }) => {
    Deno.writeTextFileSync(`${folder}/runs`, "a file is where the folder should be");
    const { code, error } = await run(`${restore} --bootloader-only`);
    assert.equal(code, 0);
    assert.match(error, /^This run is not kept for "unbrick runs"/);
    const asJson = await run(`${restore} --bootloader-only --json`);
    assert.equal(asJson.code, 0);
    assert.equal(asJson.json.filter(({ type }) => type === "run-not-kept").length, 1);
  });
});
