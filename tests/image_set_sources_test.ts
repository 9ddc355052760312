import assert from "node:assert/strict";
import { join } from "node:path";
import { makeZip } from "../core/image/zip_writer.ts";
import { done, imageSetsRig } from "./support/cli/image_sets_rig.ts";
import { sampleRelease } from "./support/images/sample_release.ts";

/** What `images import` takes from where, what it refuses as a source, and `images remove`. */

type Rig = ReturnType<typeof imageSetsRig>;

/** Writes files below the folder of the rig. */
function put(rig: Rig, place: string, files: Iterable<readonly [string, Uint8Array]>): void {
  for (const [path, bytes] of files) {
    const full = join(rig.folder, place, path);
    Deno.mkdirSync(join(full, ".."), { recursive: true });
    Deno.writeFileSync(full, bytes);
  }
}

const release = [...sampleRelease("5.1.0")];
const ofBoards = (...folders: string[]) =>
  release.filter(([path]) => folders.includes(path.split("/")[1]));
const loaders = release.filter(([path]) => /flash_loader\.bin$/.test(path))
  .map(([path, bytes]) => [path.split("/")[2], bytes] as const);
const photo = ["pictures/a.jpg", new Uint8Array(9)] as const;
const words = (text: string) => text.replaceAll(/\s+/g, " ");

Deno.test("an import names the folder and the files that it took, and for which boards", async () => {
  using rig = imageSetsRig();
  put(rig, "", ofBoards("OPENMV4", "OPENMV2"));
  const { out } = await done(rig.run("images import %/firmware_v5.1.0"));
  const lines = words(out);
  for (const [folder, board] of [["OPENMV2", "openmv-m4"], ["OPENMV4", "openmv-h7"]]) {
    const place = join(rig.folder, "firmware_v5.1.0", folder);
    const line = `From ${place}, for ${board}: bootloader.bin, firmware.bin, romfs0.img`;
    assert.ok(lines.includes(line), out);
  }
  rig.write("r.zip", makeZip(new Map(ofBoards("OPENMV4"))));
  const { json } = await done(rig.run("images import %/r.zip --name zip --json"));
  assert.deepEqual(json[0].boards, [{
    board: "openmv-h7",
    missing: [],
    taken: ["bootloader", "firmware", "romfs0"].map((role) => ({
      role,
      source: `${rig.folder}/r.zip/firmware_v5.1.0/OPENMV4/${role}.${
        role === "romfs0" ? "img" : "bin"
      }`,
    })),
    whereToGet: [],
  }]);
});

const noSources:
  readonly (readonly [string, readonly (readonly [string, Uint8Array])[], RegExp])[] = [
    ["an empty folder", [], /exported set\.$/],
    ["photographs", [photo], /exported set\.$/],
    [
      "a home folder with a release in its downloads",
      [photo, ...ofBoards("OPENMV4").map(([path, b]) => [`Downloads/${path}`, b] as const)],
      /name that: Downloads\/firmware_v5\.1\.0\.$/,
    ],
    [
      "two releases",
      ["5.1.0", "5.2.0"].flatMap((version) =>
        [...sampleRelease(version)].filter(([path]) => path.includes("/OPENMV4/"))
      ),
      /name that: firmware_v5\.1\.0 or firmware_v5\.2\.0\.$/,
    ],
    [
      "a release as a zip beside photographs",
      [photo, ["firmware_v5.1.0.zip", makeZip(new Map(ofBoards("OPENMV4")))]],
      /name that: firmware_v5\.1\.0\.zip\.$/,
    ],
    [
      "loaders somewhere in a folder",
      [photo, ...loaders.map(([name, bytes]) => [`old/${name}`, bytes] as const)],
      /exported set\.$/,
    ],
  ];

for (const [what, files, reason] of noSources) {
  Deno.test(`${what}: no source of images`, async () => {
    using rig = imageSetsRig();
    Deno.mkdirSync(join(rig.folder, "home"));
    put(rig, "home", files);
    const { code, error } = await rig.run("images import %/home");
    assert.equal(code, 13);
    const [line] = words(error).split(" Nothing was written.");
    assert.match(line, /home cannot be used: it is not an OpenMV firmware release/);
    assert.match(line, reason);
    assert.deepEqual(rig.sets(), []);
    const planned = await rig.run("plan rt1062 --images %/home");
    assert.equal(planned.code, 3, planned.out);
    assert.match(planned.error, /home contains no image for the OpenMV Cam RT1062/);
  });
}

Deno.test("the folders of tools are still taken: loaders alone, and packages in a folder alif", async () => {
  using rig = imageSetsRig();
  put(rig, "rt1062", loaders);
  await done(rig.run("images import %/rt1062"));
  const packages = release.filter(([path]) => /(SP-AE|offset-58)/.test(path))
    .map(([path, bytes]) => [`alif/${path.split("/")[2]}`, bytes] as const);
  put(rig, "app-release-exec", [["build/readme.txt", photo[1]], ...packages]);
  const { out } = await done(rig.run("images import %/app-release-exec"));
  assert.match(words(out), /From \S+\/app-release-exec\/alif, for openmv-ae3: SP-AE302/);
});

Deno.test("a removed set is gone, and the others stay", async () => {
  using rig = imageSetsRig();
  for (const version of ["5.1.0", "5.2.0"]) {
    rig.write(`firmware_v${version}.zip`, makeZip(sampleRelease(version)));
    await done(rig.run(`images import %/firmware_v${version}.zip`));
  }
  const [, newer] = rig.sets();
  const { json } = await done(rig.run("images remove 5.2.0 --json"));
  const { type, name, folders } = json[0];
  assert.deepEqual(
    { type, name, folders },
    { type: "removed-set", name: "5.2.0", folders: [join(rig.folder, "data/images", newer)] },
  );
  assert.deepEqual(rig.sets().map((one) => one.slice(0, 5)), ["5.1.0"]);
  const again = await rig.run("images remove 5.2.0");
  assert.equal(again.code, 3);
  assert.match(again.error, /Available: 5\.1\.0, bundled/);
  assert.equal((await rig.run("images remove bundled")).code, 2);
  await done(rig.run("images remove 5.1.0"));
  assert.deepEqual(rig.sets(), []);
});

Deno.test("a set whose manifest cannot be read can be removed", async () => {
  using rig = imageSetsRig();
  rig.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  await done(rig.run("images import %/firmware_v5.1.0.zip"));
  Deno.writeTextFileSync(join(rig.folder, "data/images", rig.sets()[0], "manifest.json"), "{");
  assert.match((await done(rig.run("images list"))).out, /The set 5\.1\.0 cannot be used/);
  await done(rig.run("images remove 5.1.0"));
  assert.deepEqual(rig.sets(), []);
});
