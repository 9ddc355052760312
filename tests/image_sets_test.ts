import assert from "node:assert/strict";
import { join } from "node:path";
import { makeZip } from "../core/image/zip_writer.ts";
import { done, imageSetsRig } from "./support/cli/image_sets_rig.ts";
import { realFirmware, sampleRelease } from "./support/images/sample_release.ts";

/** `unbrick images`: every job uses the imported images. */

const jobs = [
  ["restore", "openmv-m4"],
  ["restore", "openmv-m7"],
  ["restore", "openmv-h7"],
  ["restore", "openmv-h7-plus"],
  ["restore", "openmv-pure-thermal"],
  ["restore", "openmv-n6"],
  ["restore", "openmv-rt1062"],
  ["restore", "openmv-ae3"],
  ["flash", "arduino-portenta-h7"],
  ["flash", "arduino-giga"],
  ["flash", "arduino-nicla-vision"],
] as const;

Deno.test("an imported release restores each family in simulation, without --images", async () => {
  using rig = imageSetsRig();
  rig.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  const told = await done(rig.run("images import %/firmware_v5.1.0.zip"));
  assert.match(told.out, /The set 5\.1\.0 was imported: 44 files, .* for 11 boards\./);
  for (const [job, board] of jobs) {
    const { json } = await done(
      rig.run(`${job} ${board} --simulate --fast --yes --json --allow boot-source`),
    );
    const start = json.find(({ type }) => type === "run-started")!;
    assert.match(String(start.imagesFrom), /the imported set 5\.1\.0/, board);
    assert.equal(start.imagesBecause, "newest imported set");
    assert.equal(json.at(-1)!.outcome, "proven", board);
  }
  const { out } = await done(rig.run("plan openmv-h7"));
  assert.match(out, /Images: folder OPENMV4 of the imported set 5\.1\.0 \(newest imported set\)/);
});

Deno.test("the newest complete set is used; the bundled one if no other is complete", async () => {
  using rig = imageSetsRig();
  const half = new Map(
    [...sampleRelease("5.2.0")].filter(([path]) => path.endsWith("firmware.bin")),
  );
  rig.write("firmware_v5.2.0.zip", makeZip(half));
  rig.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  const told = await done(rig.run("images import %/firmware_v5.2.0.zip"));
  assert.match(
    told.out,
    /To\s+restore\s+the\s+openmv-n6,\s+these\s+files\s+from\s+the\s+folder\s+of\s+OpenMV\s+IDE\s+are\s+missing:\s+OpenBootloader/,
  );
  const use = async (board: string) => {
    const { json } = await done(rig.run("images list --json"));
    return json.find((line) => line.type === "use" && line.board === board)!;
  };
  assert.deepEqual((await use("openmv-h7")).set, "bundled");
  assert.equal((await use("openmv-h7")).why, "no imported set is complete");
  assert.equal((await use("arduino-giga")).set, "5.2.0");
  await done(rig.run("images import %/firmware_v5.1.0.zip"));
  assert.equal((await use("openmv-h7")).set, "5.1.0");
  assert.equal((await use("openmv-h7")).why, "newest complete imported set");
  assert.equal((await use("arduino-giga")).set, "5.2.0");
  const { out } = await done(rig.run("images list"));
  assert.ok(out.split("\n").every((line) => line.length <= 80), out);
  assert.deepEqual(rig.sets().map((name) => name.slice(0, 5)), ["5.1.0", "5.2.0"]);
});

Deno.test("a release without flash loaders gets them from OpenMV IDE's folder", async () => {
  using rig = imageSetsRig();
  const isHelper = (path: string) =>
    /OpenBootloader|-OBL\.bin|FlashLayout|flash_loader\.bin$/.test(path);
  const all = [...sampleRelease("5.1.0")];
  rig.write("firmware_v5.1.0.zip", makeZip(new Map(all.filter(([path]) => !isHelper(path)))));
  const ide = join(rig.folder, "ide/share/qtcreator/firmware");
  for (const [path, bytes] of all) {
    const [, board, name] = path.split("/");
    Deno.mkdirSync(join(ide, board), { recursive: true });
    if (isHelper(path)) Deno.writeFileSync(join(ide, board, name), bytes);
  }
  Deno.writeTextFileSync(join(ide, "settings.json"), '{"firmware_version": "4.8.1"}');
  await done(rig.run("images import %/firmware_v5.1.0.zip"));
  await done(rig.run("images import %/ide"));
  for (const board of ["openmv-n6", "openmv-rt1062"]) {
    const { json } = await done(
      rig.run(`restore ${board} --simulate --fast --yes --json --allow boot-source`),
    );
    assert.match(
      String(json.find(({ type }) => type === "run-started")!.imagesFrom),
      /the imported set 5\.1\.0 and the imported set openmv-ide-4\.8\.1$/,
    );
  }
});

Deno.test("a release without one of the boards: the import says so, and which set that board gets", async () => {
  using rig = imageSetsRig();
  const files = [...sampleRelease("5.1.0")].filter(([path]) => !path.includes("OPENMV_AE3"));
  rig.write("firmware_v5.1.0.zip", makeZip(new Map(files)));
  const { out } = await done(rig.run("images import %/firmware_v5.1.0.zip"));
  assert.match(out, /for 10 boards\.[^]*It contains nothing for openmv-ae3\./);
  const { json } = await done(rig.run("images list --json"));
  const { set, why } = json.find(({ board }) => board === "openmv-ae3")!;
  assert.deepEqual([set, why], ["bundled", "no set for it has been imported"]);
});

Deno.test("an exported set has the same bytes again, and is the same set elsewhere", async () => {
  using rig = imageSetsRig();
  rig.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  await done(rig.run("images import %/firmware_v5.1.0.zip"));
  await done(rig.run("images export 5.1.0 %/one.zip"));
  using other = imageSetsRig();
  await done(other.run(`images import ${rig.folder}/one.zip`));
  await done(other.run("images export 5.1.0 %/two.zip"));
  assert.deepEqual(
    Deno.readFileSync(join(other.folder, "two.zip")),
    Deno.readFileSync(join(rig.folder, "one.zip")),
  );
  assert.deepEqual(other.sets(), rig.sets());
  assert.equal((await rig.run("images export nothing %/x.zip")).code, 3);
});

Deno.test("a real camera: an incomplete release is reported, and bundled images do not replace its files", async () => {
  using rig = imageSetsRig();
  rig.write("firmware_v5.1.0.zip", makeZip(realFirmware("5.1.0")));
  await done(rig.run("images import %/firmware_v5.1.0.zip"));
  const { json } = await done(rig.run("images list --json"));
  const use = json.find(({ type, board }) => type === "use" && board === "openmv-n6")!;
  assert.equal(use.set, "5.1.0");
  assert.deepEqual(use.missing, ["bootloader", "fsbl", "external-loader"]);
  const { code, error } = await rig.run("restore openmv-n6 --yes");
  assert.equal(code, 3);
  assert.match(error, /There is no OpenBootloader[^]*of the imported set 5\.1\.0/);
});

Deno.test("a release candidate is a separate set, older than its release", async () => {
  using rig = imageSetsRig();
  for (const version of ["5.1.0", "5.1.0-rc.1", "5.10.0-rc2", "5.9.0"]) {
    rig.write(`firmware_v${version}.zip`, makeZip(sampleRelease(version)));
    await done(rig.run(`images import %/firmware_v${version}.zip`));
  }
  const { json } = await done(rig.run("images list --json"));
  assert.deepEqual(
    json.filter(({ type }) => type === "set").map(({ name }) => name),
    ["5.10.0-rc2", "5.9.0", "5.1.0", "5.1.0-rc.1", "bundled"],
  );
});

Deno.test("no imported set has the name of the set inside the program", async () => {
  using rig = imageSetsRig();
  await done(rig.run("images export bundled %/Bundled.zip"));
  assert.equal((await rig.run("images import %/Bundled.zip")).code, 2);
  await done(rig.run("images import %/Bundled.zip --name practice"));
});

Deno.test("an unknown set: the message lists the known ones, and does not mention cables", async () => {
  using rig = imageSetsRig();
  const { code, error } = await rig.run("images verify nothing");
  assert.equal(code, 3);
  assert.match(error, /Available: bundled/);
  assert.match(error, /unbrick images list/);
  assert.doesNotMatch(error, /cable/);
});
