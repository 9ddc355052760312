import assert from "node:assert/strict";
import { concat } from "../../core/common/bytes.ts";
import { done, imageSetsRig } from "../support/cli/image_sets_rig.ts";
import { sampleRelease } from "../support/images/sample_release.ts";
import { type Files, withBackslashes, withZip64, zipOf } from "../support/images/zip_variants.ts";

/** Releases as people hand them on: other programs' archives, archives in archives, more folders. */

const release = sampleRelease("5.1.0");
const below = (prefix: string, files: Files) =>
  new Map([...files].map(([path, bytes]) => [`${prefix}/${path}`, bytes]));
const padded = (byte: number) => concat([zipOf(release), new Uint8Array(100_000).fill(byte)]);
const inner = zipOf(release);

/** Names of archives, and what is in them. */
const archives: readonly (readonly [string, Uint8Array])[] = [
  ["backslashes, as .NET and PowerShell 5 write them", withBackslashes(release)],
  ["zip64 list of contents", withZip64(release)],
  ["two folders around it", zipOf(below("Downloads/new", release))],
  ["zeros behind its end", padded(0x00)],
  ["0xFF behind its end", padded(0xFF)],
  ["a zip in a zip", zipOf(new Map([["firmware_v5.1.0.zip", inner]]))],
  [
    "a zip in a folder in a zip, with a note",
    zipOf(
      new Map([["artifact/firmware_v5.1.0.zip", inner], [
        "artifact/README.txt",
        new Uint8Array(9),
      ]]),
    ),
  ],
  ["what macOS adds", zipOf(new Map([...release, ["__MACOSX/._OPENMV4", new Uint8Array(9)]]))],
];

for (const [name, bytes] of archives) {
  Deno.test(`an archive with ${name}: the same 44 files`, async () => {
    using rig = imageSetsRig();
    rig.write("firmware_v5.1.0.zip", bytes);
    const { out } = await done(rig.run("images import %/firmware_v5.1.0.zip"));
    assert.match(out, /The set 5\.1\.0 was imported: 44 files, .* for 11 boards\./);
    await done(rig.run("plan restore h7 --images %/firmware_v5.1.0.zip"));
  });
}

Deno.test("the development release's zips, one for each board, in one folder or one zip", async () => {
  using rig = imageSetsRig();
  const zips = new Map(["OPENMV4", "OPENMV_N6"].map((board) => {
    const start = `firmware_v5.1.0/${board}/`;
    const files = [...release].filter(([path]) => path.startsWith(start))
      .map(([path, bytes]) => [path.slice(start.length), bytes] as const);
    return [`firmware_${board}.zip`, zipOf(new Map(files))];
  }));
  Deno.mkdirSync(`${rig.folder}/all`);
  for (const [name, bytes] of zips) rig.write(`all/${name}`, bytes);
  rig.write("all.zip", zipOf(zips));
  for (const source of ["all", "all.zip"]) {
    for (const board of ["h7", "n6"]) {
      const { out } = await done(rig.run(`plan flash ${board} --images %/${source}`));
      assert.match(out, /firmware/i, source);
    }
  }
});

Deno.test("archives in archives end: the third one is not opened", async () => {
  using rig = imageSetsRig();
  let bytes = inner;
  for (let depth = 0; depth < 3; depth++) bytes = zipOf(new Map([["firmware.zip", bytes]]));
  rig.write("deep.zip", bytes);
  const { code } = await rig.run("images import %/deep.zip");
  assert.notEqual(code, 0);
});

Deno.test("a damaged zip64 list, one cut off, or one of several parts is refused", async () => {
  using rig = imageSetsRig();
  const zip = withZip64(release), end = zip.length;
  // Of the zip64 record: its signature, its disk, the number of entries here, the list's offset.
  for (const at of [end - 98, end - 82, end - 74, end - 50]) {
    const damaged = zip.slice();
    damaged[at] ^= 1;
    rig.write("x.zip", damaged);
    const { code } = await rig.run("images import %/x.zip");
    assert.equal(code, 13, `byte ${at - end}`);
  }
  rig.write("x.zip", zip.subarray(0, end - 30));
  assert.equal((await rig.run("images import %/x.zip")).code, 13);
});
