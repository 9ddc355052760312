import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { families } from "../boards/mod.ts";
import { type Ran, ran, type Surroundings } from "./support/cli/harness.ts";
import { bundledSet } from "../core/image/pack.ts";
import { indexesOf } from "../core/image/search.ts";
import { simulationMark } from "../core/image/simulation_mark.ts";
import { makeZip } from "../core/image/zip_writer.ts";
import { zipFiles } from "../core/image/zip.ts";
import { sampleRelease } from "./support/images/sample_release.ts";

/** `unbrick images`: what is imported is what every job then uses. */

const samples = new URL("../images/", import.meta.url);

interface Desk extends Disposable {
  readonly folder: string;
  /** Runs a command line; `%` stands for the folder. */
  run(line: string): Promise<Ran>;
  /** Runs words, of which one may have spaces. */
  words(argv: readonly string[]): Promise<Ran>;
  write(name: string, bytes: Uint8Array): void;
  sets(): string[];
}

function desk(change: Surroundings["context"] = {}): Desk {
  const folder = Deno.makeTempDirSync();
  const context = {
    dataFolder: () => join(folder, "data"),
    bundledImages: () => bundledSet((path) => Deno.readFileSync(new URL(path, samples))),
    ...change,
  };
  return {
    folder,
    run: (line) => ran(line.replaceAll("%", folder), { families, context }),
    words: (argv) => ran(argv, { families, context }),
    write: (name, bytes) => Deno.writeFileSync(join(folder, name), bytes),
    sets() {
      try {
        return [...Deno.readDirSync(join(folder, "data/images"))].map(({ name }) => name)
          .filter((name) => name !== ".lock").toSorted();
      } catch {
        return [];
      }
    },
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

async function done(promise: Promise<Ran>): Promise<Ran> {
  const result = await promise;
  assert.equal(result.code, 0, result.out + result.error);
  return result;
}

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

Deno.test("an imported release restores each family in simulation, with --images unset", async () => {
  using bench = desk();
  bench.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  const told = await done(bench.run("images import %/firmware_v5.1.0.zip"));
  assert.match(told.out, /The set 5\.1\.0 is kept: 44 files, .* for 11 boards\./);
  for (const [job, board] of jobs) {
    const { json } = await done(
      bench.run(`${job} ${board} --simulate --fast --yes --json --allow boot-source`),
    );
    const start = json.find(({ type }) => type === "run-started")!;
    assert.match(String(start.imagesFrom), /the imported set 5\.1\.0/, board);
    assert.equal(start.imagesBecause, "newest imported set");
    assert.equal(json.at(-1)!.outcome, "proven", board);
  }
  const { out } = await done(bench.run("plan openmv-h7"));
  assert.match(out, /Images: folder OPENMV4 of the imported set 5\.1\.0 \(newest imported set\)/);
});

Deno.test("the newest set that has everything is used; the bundled one where none has", async () => {
  using bench = desk();
  const half = new Map(
    [...sampleRelease("5.2.0")].filter(([path]) => path.endsWith("firmware.bin")),
  );
  bench.write("firmware_v5.2.0.zip", makeZip(half));
  bench.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  const told = await done(bench.run("images import %/firmware_v5.2.0.zip"));
  assert.match(
    told.out,
    /openmv-n6 restore lacks what comes with the folder of OpenMV\s+IDE: OpenBootloader/,
  );
  const use = async (board: string) => {
    const { json } = await done(bench.run("images list --json"));
    return json.find((line) => line.type === "use" && line.board === board)!;
  };
  assert.deepEqual((await use("openmv-h7")).set, "bundled");
  assert.equal((await use("openmv-h7")).why, "no imported set has everything");
  assert.equal((await use("arduino-giga")).set, "5.2.0");
  await done(bench.run("images import %/firmware_v5.1.0.zip"));
  assert.equal((await use("openmv-h7")).set, "5.1.0");
  assert.equal((await use("openmv-h7")).why, "newest imported set with everything");
  assert.equal((await use("arduino-giga")).set, "5.2.0");
  const { out } = await done(bench.run("images list"));
  assert.ok(out.split("\n").every((line) => line.length <= 80), out);
  assert.deepEqual(bench.sets().map((name) => name.slice(0, 5)), ["5.1.0", "5.2.0"]);
});

Deno.test("flash loaders of OpenMV IDE's folder are lent to a release that lacks them", async () => {
  using bench = desk();
  const isHelper = (path: string) =>
    /OpenBootloader|-OBL\.bin|FlashLayout|flash_loader\.bin$/.test(path);
  const all = [...sampleRelease("5.1.0")];
  bench.write("firmware_v5.1.0.zip", makeZip(new Map(all.filter(([path]) => !isHelper(path)))));
  const ide = join(bench.folder, "ide/share/qtcreator/firmware");
  for (const [path, bytes] of all) {
    const [, board, name] = path.split("/");
    Deno.mkdirSync(join(ide, board), { recursive: true });
    if (isHelper(path)) Deno.writeFileSync(join(ide, board, name), bytes);
  }
  Deno.writeTextFileSync(join(ide, "settings.json"), '{"firmware_version": "4.8.1"}');
  await done(bench.run("images import %/firmware_v5.1.0.zip"));
  await done(bench.run("images import %/ide"));
  for (const board of ["openmv-n6", "openmv-rt1062"]) {
    const { json } = await done(
      bench.run(`restore ${board} --simulate --fast --yes --json --allow boot-source`),
    );
    assert.match(
      String(json.find(({ type }) => type === "run-started")!.imagesFrom),
      /the imported set 5\.1\.0 and the imported set openmv-ide-4\.8\.1$/,
    );
  }
});

Deno.test("a release without one of the boards: said at import, and what that board gets then", async () => {
  using bench = desk();
  const files = [...sampleRelease("5.1.0")].filter(([path]) => !path.includes("OPENMV_AE3"));
  bench.write("firmware_v5.1.0.zip", makeZip(new Map(files)));
  const { out } = await done(bench.run("images import %/firmware_v5.1.0.zip"));
  assert.match(out, /for 10 boards\.[^]*It has nothing for openmv-ae3\./);
  const { json } = await done(bench.run("images list --json"));
  const { set, why } = json.find(({ board }) => board === "openmv-ae3")!;
  assert.deepEqual([set, why], ["bundled", "no set is imported for it"]);
});

Deno.test("one file that cannot be what it is there for: nothing is kept", async () => {
  using bench = desk();
  const files = sampleRelease("5.1.0");
  files.set("firmware_v5.1.0/OPENMV4/bootloader.bin", new Uint8Array(5000).fill(0x5a));
  bench.write("bad.zip", makeZip(files));
  const { code, error } = await bench.run("images import %/bad.zip");
  assert.equal(code, 13);
  assert.match(error, /bootloader\.bin/);
  assert.deepEqual(bench.sets(), []);
  bench.write("empty.zip", makeZip(new Map([["readme.txt", Uint8Array.of(1)]])));
  assert.equal((await bench.run("images import %/empty.zip")).code, 13);
  assert.equal((await bench.run("images import %/nowhere.zip")).code, 3);
  bench.write("good.zip", makeZip(sampleRelease("5.1.0")));
  assert.equal((await bench.run("images import %/good.zip --name ../x")).code, 2);
  assert.equal((await bench.run("images import %/good.zip --name bundled")).code, 2);
});

Deno.test("imported twice it is the same; a damaged set is found, and mended by importing", async () => {
  using bench = desk();
  bench.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  await done(bench.run("images import %/firmware_v5.1.0.zip"));
  const again = await done(bench.run("images import %/firmware_v5.1.0.zip"));
  assert.match(again.out, /was there already, undamaged/);
  await done(bench.run("images verify 5.1.0"));
  const [set] = bench.sets();
  const file = join(bench.folder, "data/images", set, "OPENMV4/firmware.bin");
  const bytes = Deno.readFileSync(file);
  bytes[1000] ^= 1;
  Deno.writeFileSync(file, bytes);
  const { code, out } = await bench.run("images verify");
  assert.equal(code, 13);
  assert.match(out, /5\.1\.0: .*firmware\.bin/);
  assert.equal((await bench.run("restore openmv-h7 --simulate --fast --yes")).code, 13);
  const mended = await done(bench.run("images import %/firmware_v5.1.0.zip"));
  assert.match(mended.out, /is kept/);
  await done(bench.run("images verify"));
});

/** Two pairs of keys and a release on the desk. */
async function deskWithKeys(change: Surroundings["context"] = {}) {
  const [ours, theirs] = [1, 2].map(() => generateKeyPairSync("ed25519"));
  const pem = (
    key: { export(options: { type: "spki" | "pkcs8"; format: "pem" }): unknown },
    type: "spki" | "pkcs8",
  ) => new TextEncoder().encode(String(key.export({ type, format: "pem" })));
  const publicKey = pem(ours.publicKey, "spki");
  const bench = desk(change);
  bench.write("ours.pem", pem(ours.privateKey, "pkcs8"));
  bench.write("ours_public.pem", publicKey);
  bench.write("theirs.pem", pem(theirs.privateKey, "pkcs8"));
  bench.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  return { bench, publicKey };
}

Deno.test("a pinned key: signed sets only, in every command", async () => {
  using bench = (await deskWithKeys()).bench;
  const pinned = "--public-key %/ours_public.pem";
  const restore = "restore openmv-h7 --simulate --fast --yes";

  assert.equal((await bench.run(`images import %/firmware_v5.1.0.zip ${pinned}`)).code, 13);
  await done(bench.run("images import %/firmware_v5.1.0.zip"));
  assert.equal((await bench.run(`${restore} ${pinned}`)).code, 13);
  assert.equal((await bench.run(`images verify ${pinned}`)).code, 13);

  await done(bench.run("images export 5.1.0 %/signed.zip --sign %/ours.pem"));
  await done(bench.run("images export 5.1.0 %/theirs.zip --sign %/theirs.pem"));
  assert.equal((await bench.run("images export 5.1.0 %/signed.zip")).code, 2);
  assert.equal((await bench.run(`images import %/theirs.zip ${pinned}`)).code, 13);
  await done(bench.run(`images import %/signed.zip ${pinned}`));
  await done(bench.run(`${restore} ${pinned}`));
  await done(bench.run(`images verify 5.1.0 ${pinned}`));
  await done(bench.run(`${restore} --images %/signed.zip ${pinned}`));
  assert.equal((await bench.run(`${restore} --images %/firmware_v5.1.0.zip ${pinned}`)).code, 13);
  // A single file is signed by nobody.
  const single = `${restore} --images %/signed.zip --image firmware=%/firmware.bin`;
  bench.write("firmware.bin", sampleRelease("5.1.0").get("firmware_v5.1.0/OPENMV4/firmware.bin")!);
  assert.equal((await bench.run(`${single} ${pinned}`)).code, 13);
  await done(bench.run(single));
  // A private key is no public one.
  assert.equal((await bench.run(`${restore} --public-key %/ours.pem`)).code, 13);

  // The signature binds the manifest, and the manifest every file.
  const entries = zipFiles(Deno.readFileSync(join(bench.folder, "signed.zip")), "x", "x");
  const files = new Map(entries.paths.map((path) => [path, entries.read(path)]));
  const manifest = new TextDecoder().decode(files.get("manifest.json")!);
  bench.write(
    "altered.zip",
    makeZip(
      new Map([
        ...files,
        ["manifest.json", new TextEncoder().encode(manifest.replace("5.1.0", "5.1.1"))],
      ]),
    ),
  );
  assert.equal((await bench.run(`images import %/altered.zip ${pinned}`)).code, 13);
  const swapped = files.get("OPENMV4/firmware.bin")!.slice();
  swapped[2000] ^= 1;
  bench.write("swapped.zip", makeZip(new Map([...files, ["OPENMV4/firmware.bin", swapped]])));
  assert.equal((await bench.run(`images import %/swapped.zip ${pinned}`)).code, 13);
});

Deno.test("what is exported gives the same bytes again, and the same set elsewhere", async () => {
  using bench = desk();
  bench.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  await done(bench.run("images import %/firmware_v5.1.0.zip"));
  await done(bench.run("images export 5.1.0 %/one.zip"));
  using other = desk();
  await done(other.run(`images import ${bench.folder}/one.zip`));
  await done(other.run("images export 5.1.0 %/two.zip"));
  assert.deepEqual(
    Deno.readFileSync(join(other.folder, "two.zip")),
    Deno.readFileSync(join(bench.folder, "one.zip")),
  );
  assert.deepEqual(other.sets(), bench.sets());
  assert.equal((await bench.run("images export nothing %/x.zip")).code, 3);
});

Deno.test("a folder that cannot be written: said so, and the set that was there stays", async () => {
  using bench = desk();
  bench.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  bench.write("data", Uint8Array.of(0));
  const { code, error } = await bench.run("images import %/firmware_v5.1.0.zip");
  assert.equal(code, 3);
  assert.match(error, /Nothing was imported:\s/);
  assert.match(error, /Make room there/);
  assert.doesNotMatch(error, /cable/);
  using homeless = desk({ dataFolder: () => undefined });
  homeless.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  assert.equal((await homeless.run("images import %/firmware_v5.1.0.zip")).code, 3);
  await done(homeless.run("images list"));
});

/** The firmware and ROMFS of a release, not marked as made for simulated cameras. */
function realFirmware(version: string): Map<string, Uint8Array> {
  const parts = [...sampleRelease(version)].filter(([path]) => /N6\/(firmware|romfs)/.test(path));
  return new Map(
    parts.map(([path, bytes]) => {
      const real = bytes.slice();
      for (const at of indexesOf(bytes, simulationMark)) real.fill(0x2e, at, at + 23);
      return [path, real];
    }),
  );
}

Deno.test("a real camera: a release that lacks something says so, and the bundled images are no way out", async () => {
  using bench = desk();
  bench.write("firmware_v5.1.0.zip", makeZip(realFirmware("5.1.0")));
  await done(bench.run("images import %/firmware_v5.1.0.zip"));
  const { json } = await done(bench.run("images list --json"));
  const use = json.find(({ type, board }) => type === "use" && board === "openmv-n6")!;
  assert.equal(use.set, "5.1.0");
  assert.deepEqual(use.missing, ["bootloader", "fsbl", "external-loader"]);
  const { code, error } = await bench.run("restore openmv-n6 --yes");
  assert.equal(code, 3);
  assert.match(error, /There is no OpenBootloader[^]*of the imported set 5\.1\.0/);
});

Deno.test("a damaged file of another set does not matter where nothing is borrowed from it", async () => {
  using bench = desk();
  const isHelper = (path: string) => /flash_loader\.bin$/.test(path);
  const all = [...sampleRelease("5.1.0")];
  bench.write("firmware_v5.1.0.zip", makeZip(new Map(all.filter(([path]) => !isHelper(path)))));
  bench.write("firmware_v5.0.0.zip", makeZip(sampleRelease("5.0.0")));
  await done(bench.run("images import %/firmware_v5.1.0.zip"));
  await done(bench.run("images import %/firmware_v5.0.0.zip"));
  const [older] = bench.sets();
  const damage = (path: string) =>
    Deno.writeFileSync(join(bench.folder, "data/images", older, path), Uint8Array.of(1));
  damage("OPENMV_RT1060/firmware.bin");
  await done(bench.run("restore openmv-rt1062 --simulate --fast --yes --allow boot-source"));
  damage("OPENMV_RT1060/sdphost_flash_loader.bin");
  await done(bench.run("flash openmv-rt1062 --simulate --fast --yes"));
});

Deno.test("a release candidate is a set of its own, older than its release", async () => {
  using bench = desk();
  for (const version of ["5.1.0", "5.1.0-rc.1", "5.10.0-rc2", "5.9.0"]) {
    bench.write(`firmware_v${version}.zip`, makeZip(sampleRelease(version)));
    await done(bench.run(`images import %/firmware_v${version}.zip`));
  }
  const { json } = await done(bench.run("images list --json"));
  assert.deepEqual(
    json.filter(({ type }) => type === "set").map(({ name }) => name),
    ["5.10.0-rc2", "5.9.0", "5.1.0", "5.1.0-rc.1", "bundled"],
  );
});

Deno.test("no imported set is called as the one in the program", async () => {
  using bench = desk();
  await done(bench.run("images export bundled %/Bundled.zip"));
  assert.equal((await bench.run("images import %/Bundled.zip")).code, 2);
  await done(bench.run("images import %/Bundled.zip --name practice"));
});

Deno.test("a set with a damaged file that no board uses is refused", async () => {
  using bench = desk();
  bench.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  await done(bench.run("images import %/firmware_v5.1.0.zip"));
  await done(bench.run("images export 5.1.0 %/set.zip"));
  const set = zipFiles(Deno.readFileSync(join(bench.folder, "set.zip")), "x", "x");
  const files = new Map(set.paths.map((path) => [path, set.read(path)]));
  const manifest = JSON.parse(new TextDecoder().decode(files.get("manifest.json")!));
  manifest.files[0].role = "of-tomorrow";
  files.set("manifest.json", new TextEncoder().encode(JSON.stringify(manifest)));
  files.set(manifest.files[0].path, Uint8Array.of(1));
  bench.write("tomorrow.zip", makeZip(files));
  assert.equal((await bench.run("images import %/tomorrow.zip")).code, 13);
});

Deno.test("a folder around it all with the name of a shared one inside its own: no board gets another's file", async () => {
  using bench = desk();
  const files = [...sampleRelease("5.1.0")]
    .map(([path, bytes]) => [path.replace("firmware_v5.1.0", "my-CYW4343"), bytes] as const);
  bench.write("packed.zip", makeZip(new Map(files)));
  const { out } = await done(bench.run("images import %/packed.zip"));
  assert.match(out, /44 files, .* for 11 boards/);
});

Deno.test("a pinned key: why a newer set was passed over is told as it is", async () => {
  using bench = (await deskWithKeys()).bench;
  const pinned = "--public-key %/ours_public.pem";
  await done(bench.run("images import %/firmware_v5.1.0.zip"));
  await done(bench.run("images export 5.1.0 %/signed.zip --sign %/ours.pem"));
  await done(bench.run(`images import %/signed.zip ${pinned}`));
  bench.write("firmware_v5.2.0.zip", makeZip(sampleRelease("5.2.0")));
  await done(bench.run("images import %/firmware_v5.2.0.zip"));
  const why = async (options: string) => {
    const { json } = await done(bench.run(`images list --json ${options}`));
    const { set, why } = json.find(({ board }) => board === "openmv-n6")!;
    return [set, why];
  };
  assert.deepEqual(await why(""), ["5.2.0", "newest imported set"]);
  const signed = ["5.1.0", "newest imported set signed with the pinned key"];
  assert.deepEqual(await why(pinned), signed);
  const { error } = await bench.run(`images import %/firmware_v5.2.0.zip ${pinned}`);
  assert.match(error, /images export SET FILE\s+--sign KEY/);
});

Deno.test("a pinned key: another tool's line writes what a signed set lists, and nothing else", async () => {
  const built: { key?: Uint8Array } = {};
  const { bench, publicKey } = await deskWithKeys({ pinnedKey: () => built.key });
  using _ = bench;
  // Without the mark, as another tool's line never writes what is made for simulated cameras.
  const firmware = realFirmware("5.1.0");
  const [[path, bytes]] = [...firmware].filter(([path]) => path.endsWith("firmware.bin"));
  bench.write("real.zip", makeZip(firmware));
  await done(bench.run("images import %/real.zip --name real"));
  await done(bench.run("images export real %/signed.zip --sign %/ours.pem"));
  bench.write("firmware.bin", bytes);
  const other = bytes.slice();
  other[bytes.length - 1] ^= 1;
  bench.write("other.bin", other);
  bench.write("FL.tsv", new TextEncoder().encode("-\t0x1\tx\tBinary\tnone\t0x0\tother.bin\n"));
  const lines = (file: string) => [
    `dfu-util -D %/${file}`,
    `sdphost -u 0x1fc9,0x0135 -- write-file 0x20001C00 %/${file}`,
    `blhost -u 0x15a2,0x0073 -- write-memory 0x60000000 %/${file}`,
  ];
  const inMram = (file: string) =>
    bench.words(["app-write-mram", "-p", "-i", `${bench.folder}/${file} 0x80000000`]);
  const told = async (file: string) => {
    const ran = [...lines(file).map((line) => bench.run(line)), inMram(file)];
    return (await Promise.all(ran)).map(({ code, out, error }) => ({ code, text: out + error }));
  };
  const refusals = async (file: string) =>
    (await told(file)).map(({ text }) => /no\s+image\s+set\s+that\s+is\s+signed/.test(text));

  assert.deepEqual(await refusals("other.bin"), [false, false, false, false]);
  built.key = publicKey;
  assert.deepEqual(await refusals("firmware.bin"), [true, true, true, true], path);
  await done(bench.run("images import %/signed.zip"));
  assert.deepEqual(await refusals("firmware.bin"), [false, false, false, false]);
  assert.deepEqual(await refusals("other.bin"), [true, true, true, true]);
  assert.ok((await told("other.bin")).every(({ code }) => code !== 0));
  const layout = await bench.run("STM32_Programmer_CLI -c port=usb1 -w %/FL.tsv");
  assert.equal(layout.code, 13);
  assert.match(layout.error, /FL\.tsv\s+is\s+in\s+no\s+image\s+set\s+that\s+is\s+signed/);
});

Deno.test("what a file is called, or says of itself, does not command the terminal", async () => {
  using bench = desk();
  bench.write("name.zip", makeZip(new Map([["OPENMV4/\x1b[2Jfirmware.bin", Uint8Array.of(1)]])));
  const named = await bench.run("images import %/name.zip");
  assert.equal(named.code, 13);
  bench.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  await done(bench.run("images import %/firmware_v5.1.0.zip"));
  await done(bench.run("images export 5.1.0 %/set.zip"));
  const set = zipFiles(Deno.readFileSync(join(bench.folder, "set.zip")), "x", "x");
  const files = new Map(set.paths.map((path) => [path, set.read(path)]));
  const text = new TextDecoder().decode(files.get("manifest.json")!);
  const changes = [
    text.replace('"version": "5.1.0"', '"version": "\\u001b[2J9.9.9"'),
    text.replace('"licence"', '"\\u001b[2Jlicence"'),
    text.replace("{", "{\x1b[2J"),
  ];
  const ran = [named];
  for (const changed of changes) {
    files.set("manifest.json", new TextEncoder().encode(changed));
    bench.write("changed.zip", makeZip(files));
    ran.push(await bench.run("images import %/changed.zip --name changed"));
  }
  assert.deepEqual(ran.map(({ code }) => code), [13, 13, 13, 13]);
  assert.ok(!ran.some(({ out, error }) => (out + error).includes("\x1b")));
});

Deno.test("an older set that is still in its folder is told, and not used", async () => {
  using bench = desk();
  bench.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  bench.write("firmware_v5.2.0.zip", makeZip(sampleRelease("5.2.0")));
  await done(bench.run("images import %/firmware_v5.2.0.zip --name release"));
  const [older] = bench.sets();
  const place = join(bench.folder, "data/images", older);
  Deno.renameSync(place, join(bench.folder, "aside"));
  await done(bench.run("images import %/firmware_v5.1.0.zip --name release"));
  Deno.renameSync(join(bench.folder, "aside"), place);
  Deno.utimeSync(place, new Date(0), new Date(0));
  const { out } = await done(bench.run("images list"));
  assert.match(out, /An older set release is still in/);
  const { json } = await done(bench.run("images list --json"));
  assert.equal(json.find(({ type }) => type === "set")!.version, "5.1.0");
  assert.equal(json.find(({ type }) => type === "replaced-set")!.folder, place);
  await done(bench.run("images import %/firmware_v5.1.0.zip"));
  assert.equal(bench.sets().length, 2);
});

Deno.test("a set that is not there: what is there, and no word of a cable", async () => {
  using bench = desk();
  const { code, error } = await bench.run("images verify nothing");
  assert.equal(code, 3);
  assert.match(error, /there are: bundled/);
  assert.match(error, /unbrick images list/);
  assert.doesNotMatch(error, /cable/);
});
