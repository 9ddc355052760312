import assert from "node:assert/strict";
import { join } from "node:path";
import { families } from "../support/boards/families.ts";
import { type Ran, ran, type Surroundings } from "../support/cli/command_rig.ts";
import { bundledSet } from "../../core/image/pack.ts";

/** Tests `unbrick station` as a technician starts it, with simulated cameras. */

const images = new URL("../../images/", import.meta.url);
const bundledImages = () => bundledSet((path) => Deno.readFileSync(new URL(path, images)));

const station = (line: string, surroundings: Surroundings = {}): Promise<Ran> =>
  ran(`station ${line} --simulate --fast`, {
    families,
    context: { bundledImages },
    ...surroundings,
  });

Deno.test("eight simulated cameras, two with faults: totals, a record of each, the first failure's exit code", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const report = join(folder, "records");
    const { code, out } = await station(
      `openmv-h7 --yes --trap 3:unplug --trap 6:writeProtected --report ${report} --operator Ada`,
    );
    assert.match(
      out,
      /Started 8, proven 6, failed 2, skipped 0\.\n2 cameras failed, and 6 are\s+proven\.\n$/,
    );
    assert.notEqual(code, 0);
    const names = [...Deno.readDirSync(report)].map(({ name }) => name);
    const records = names.filter((name) => /_port-.*\.json$/.test(name)).map((name) => ({
      name,
      ...JSON.parse(Deno.readTextFileSync(join(report, name))),
    }));
    assert.deepEqual(names.filter((name) => !/_port-/.test(name)).sort(), [
      ...[".lock", "batch.csv", "batch.json"],
    ]);
    assert.equal(names.length, 16 + 3);
    assert.equal(records.filter(({ outcome }) => outcome === "proven").length, 6);
    const serials = new Set<string>();
    for (const { name, devices, operator, outcome } of records) {
      assert.equal(operator, "Ada");
      const ports = new Set(devices.map(({ port }: { port: string }) => port));
      assert.equal(ports.size, 1);
      assert.ok(name.includes(`_port-${[...ports][0]}_`), name);
      if (outcome === "proven") {
        const bootloader = devices.find(({ mode }: { mode: string }) => mode === "bootloader");
        serials.add(bootloader.serial);
      }
    }
    assert.equal(serials.size, 6);
    // Every line begins with its port or belongs to the station.
    const strays = out.split("\n").filter((line) =>
      line !== "" && !/^(1-[1-8]: |Station: |Images: |Started |2 cameras failed)/.test(line)
    );
    assert.deepEqual(strays, []);
    assert.ok(out.split("\n").every((line) => line.length <= 80));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("JSON: every event of a camera has its port and run; the end has the totals", async () => {
  const { code, json } = await station("openmv-m4 --yes --count 10 --json");
  assert.equal(code, 0);
  const ends = json.filter(({ type }) => type === "run-ended");
  assert.equal(ends.length, 10);
  assert.ok(ends.every(({ port, run }) => typeof port === "string" && typeof run === "number"));
  assert.deepEqual(json.at(-1)!.totals, { started: 10, proven: 10, failed: 0, skipped: 0 });
});

Deno.test("flash and verify", async () => {
  for (const job of ["flash", "verify"]) {
    const { code, out } = await station(`openmv-m7 --yes --count 3 --job ${job}`);
    assert.equal(code, 0, out);
    assert.match(out, /proven 3, failed 0/);
  }
});

Deno.test("simulated cameras that never start do not keep the station from ending", async () => {
  const { code, error } = await station(
    "openmv-h7 --yes --job flash --condition bricked --count 2 --timeout 20",
  );
  assert.equal(code, 8);
  assert.match(error, /long enough for the job to begin/);
});

Deno.test("without --yes the station does not start, because nobody can be asked for each camera", async () => {
  const { code, error } = await station("openmv-h7");
  assert.equal(code, 16);
  assert.match(error, /--yes/);
  assert.equal((await station("openmv-h7 --yes --trap nonsense")).code, 2);
  assert.equal((await station("openmv-h7 --yes --count 2 --trap 3:unplug")).code, 2);
  assert.equal((await station("openmv-h7 --yes --trap 0:unplug")).code, 2);
  assert.equal((await station("arduino-giga --yes")).code, 12);
  assert.equal((await station("openmv-h7 --yes --count 0")).code, 2);
});

Deno.test("records that can no longer be written are printed, the work continues, and the exit code is that of the cameras", async () => {
  const report = Deno.makeTempDirSync();
  let out = "", isGone = false;
  const write = (text: string) => {
    out += text;
    if (!isGone && text.includes("1-2: Using")) {
      isGone = true;
      Deno.removeSync(report, { recursive: true });
    }
  };
  const line = `openmv-m4 --yes --count 3 --report ${report}`;
  const { code } = await station(line, { console: { write } });
  assert.match(out, /cannot be\s+written/);
  const lost = out.replaceAll(/\s+/g, " ").match(
    /could not be written: (.*?)\. Each record/,
  );
  assert.match(lost![1], /^(camera [123] \(1-[123], serial [0-9A-F]{24}\)(, |$)){3}/);
  assert.match(out, /Started 3, proven 3, failed 0, skipped 0\.\nAll cameras are proven\.\n$/);
  assert.match(out, /^\{"schema":1,"finished":true,"outcome":"proven"/m);
  assert.equal(code, 0);
});
