import assert from "node:assert/strict";
import { join } from "node:path";
import { makeZip } from "../core/image/zip_writer.ts";
import { inMemory } from "../core/image/byte_source.ts";
import { zipFiles } from "../core/image/zip.ts";
import { done, imageSetsRig } from "./support/cli/image_sets_rig.ts";
import { sampleRelease } from "./support/images/sample_release.ts";

/** Image sets that are damaged, cannot be kept, or contain wrong files. */

Deno.test("if one file cannot be what its place says, nothing is kept", async () => {
  using rig = imageSetsRig();
  const files = sampleRelease("5.1.0");
  files.set("firmware_v5.1.0/OPENMV4/bootloader.bin", new Uint8Array(5000).fill(0x5a));
  rig.write("bad.zip", makeZip(files));
  const { code, error } = await rig.run("images import %/bad.zip");
  assert.equal(code, 13);
  assert.match(error, /bootloader\.bin/);
  assert.deepEqual(rig.sets(), []);
  rig.write("empty.zip", makeZip(new Map([["readme.txt", Uint8Array.of(1)]])));
  assert.equal((await rig.run("images import %/empty.zip")).code, 13);
  assert.equal((await rig.run("images import %/nowhere.zip")).code, 3);
  rig.write("good.zip", makeZip(sampleRelease("5.1.0")));
  assert.equal((await rig.run("images import %/good.zip --name ../x")).code, 2);
  assert.equal((await rig.run("images import %/good.zip --name bundled")).code, 2);
});

Deno.test("a second import changes nothing; a damaged set is found, and an import repairs it", async () => {
  using rig = imageSetsRig();
  rig.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  await done(rig.run("images import %/firmware_v5.1.0.zip"));
  const again = await done(rig.run("images import %/firmware_v5.1.0.zip"));
  assert.match(again.out, /was already imported and is intact/);
  await done(rig.run("images verify 5.1.0"));
  const [set] = rig.sets();
  const file = join(rig.folder, "data/images", set, "OPENMV4/firmware.bin");
  const bytes = Deno.readFileSync(file);
  bytes[1000] ^= 1;
  Deno.writeFileSync(file, bytes);
  const { code, out } = await rig.run("images verify");
  assert.equal(code, 13);
  assert.match(out, /5\.1\.0: .*firmware\.bin/);
  assert.equal((await rig.run("restore openmv-h7 --simulate --fast --yes")).code, 13);
  const mended = await done(rig.run("images import %/firmware_v5.1.0.zip"));
  assert.match(mended.out, /was imported/);
  await done(rig.run("images verify"));
});

Deno.test("a folder that cannot be written is reported, and the set in it stays", async () => {
  using rig = imageSetsRig();
  rig.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  rig.write("data", Uint8Array.of(0));
  const { code, error } = await rig.run("images import %/firmware_v5.1.0.zip");
  assert.equal(code, 3);
  assert.match(error, /Nothing was imported:\s/);
  assert.match(error, /Free\s+some\s+space\s+there/);
  assert.doesNotMatch(error, /cable/);
  using homeless = imageSetsRig({ dataFolder: () => undefined });
  homeless.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  assert.equal((await homeless.run("images import %/firmware_v5.1.0.zip")).code, 3);
  await done(homeless.run("images list"));
});

Deno.test("a damaged file of another set does not matter if nothing is taken from that set", async () => {
  using rig = imageSetsRig();
  const isHelper = (path: string) => /flash_loader\.bin$/.test(path);
  const all = [...sampleRelease("5.1.0")];
  rig.write("firmware_v5.1.0.zip", makeZip(new Map(all.filter(([path]) => !isHelper(path)))));
  rig.write("firmware_v5.0.0.zip", makeZip(sampleRelease("5.0.0")));
  await done(rig.run("images import %/firmware_v5.1.0.zip"));
  await done(rig.run("images import %/firmware_v5.0.0.zip"));
  const [older] = rig.sets();
  const damage = (path: string) =>
    Deno.writeFileSync(join(rig.folder, "data/images", older, path), Uint8Array.of(1));
  damage("OPENMV_RT1060/firmware.bin");
  await done(rig.run("restore openmv-rt1062 --simulate --fast --yes --allow boot-source"));
  damage("OPENMV_RT1060/sdphost_flash_loader.bin");
  await done(rig.run("flash openmv-rt1062 --simulate --fast --yes"));
});

Deno.test("a set with a damaged file that no board uses is refused", async () => {
  using rig = imageSetsRig();
  rig.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  await done(rig.run("images import %/firmware_v5.1.0.zip"));
  await done(rig.run("images export 5.1.0 %/set.zip"));
  const set = zipFiles(inMemory(Deno.readFileSync(join(rig.folder, "set.zip"))), "x", "x");
  const files = new Map(set.paths.map((path) => [path, set.read(path)]));
  const manifest = JSON.parse(new TextDecoder().decode(files.get("manifest.json")!));
  manifest.files[0].role = "of-tomorrow";
  files.set("manifest.json", new TextEncoder().encode(JSON.stringify(manifest)));
  files.set(manifest.files[0].path, Uint8Array.of(1));
  rig.write("tomorrow.zip", makeZip(files));
  assert.equal((await rig.run("images import %/tomorrow.zip")).code, 13);
});

Deno.test("an outer folder with the name of an inner shared one: no board gets another board's file", async () => {
  using rig = imageSetsRig();
  const files = [...sampleRelease("5.1.0")]
    .map(([path, bytes]) => [path.replace("firmware_v5.1.0", "my-CYW4343"), bytes] as const);
  rig.write("packed.zip", makeZip(new Map(files)));
  const { out } = await done(rig.run("images import %/packed.zip"));
  assert.match(out, /44 files, .* for 11 boards/);
});

Deno.test("a file's name, or a name inside it, cannot control the terminal", async () => {
  using rig = imageSetsRig();
  rig.write("name.zip", makeZip(new Map([["OPENMV4/\x1b[2Jfirmware.bin", Uint8Array.of(1)]])));
  const named = await rig.run("images import %/name.zip");
  assert.equal(named.code, 13);
  rig.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  await done(rig.run("images import %/firmware_v5.1.0.zip"));
  await done(rig.run("images export 5.1.0 %/set.zip"));
  const set = zipFiles(inMemory(Deno.readFileSync(join(rig.folder, "set.zip"))), "x", "x");
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
    rig.write("changed.zip", makeZip(files));
    ran.push(await rig.run("images import %/changed.zip --name changed"));
  }
  assert.deepEqual(ran.map(({ code }) => code), [13, 13, 13, 13]);
  assert.ok(!ran.some(({ out, error }) => (out + error).includes("\x1b")));
});

Deno.test("an older set that is still in its folder is reported and not used", async () => {
  using rig = imageSetsRig();
  rig.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  rig.write("firmware_v5.2.0.zip", makeZip(sampleRelease("5.2.0")));
  await done(rig.run("images import %/firmware_v5.2.0.zip --name release"));
  const [older] = rig.sets();
  const place = join(rig.folder, "data/images", older);
  Deno.renameSync(place, join(rig.folder, "aside"));
  await done(rig.run("images import %/firmware_v5.1.0.zip --name release"));
  Deno.renameSync(join(rig.folder, "aside"), place);
  Deno.utimeSync(place, new Date(0), new Date(0));
  const { out } = await done(rig.run("images list"));
  assert.match(out, /An older set release is still in/);
  const { json } = await done(rig.run("images list --json"));
  assert.equal(json.find(({ type }) => type === "set")!.version, "5.1.0");
  assert.equal(json.find(({ type }) => type === "replaced-set")!.folder, place);
  await done(rig.run("images import %/firmware_v5.1.0.zip"));
  assert.equal(rig.sets().length, 2);
});
