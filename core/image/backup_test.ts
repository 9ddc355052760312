import fc from "fast-check";
import { zipSync } from "fflate";
import assert from "node:assert/strict";
import { encodeRomfs } from "../../tests/support/images/romfs_encoder.ts";
import { isKind } from "../common/errors.ts";
import { inMemory } from "./byte_source.ts";
import { type Backup, decodeBackup, encodeBackup } from "./backup.ts";
import { fileSystemsIn } from "./memory_part.ts";
import { sampleFat } from "./sample_fat.ts";
import { zipFiles } from "./zip.ts";

const region = (name: string, address: number, bytes: Uint8Array, memory = "flash") => ({
  name,
  memory,
  address,
  size: bytes.length,
  bytes,
});
const backup: Backup = {
  board: { id: "openmv-h7", name: "OpenMV Cam H7" },
  simulated: true,
  version: "1.2.3",
  madeAt: "2026-01-02T03:04:05.000Z",
  camera: [{ id: "0123", mode: "bootloader", productId: 0x9204 }],
  regions: [
    region("bootloader", 0x0800_0000, new Uint8Array(0x2_0000).fill(0xFF)),
    region("filesystem", 0x0802_0000, new Uint8Array(3000).fill(7)),
  ],
  missing: [{ name: "romfs0", memory: "flash", address: 0x081E_0000, size: 4096, reason: "why" }],
};

function refusal(bytes: Uint8Array): Error {
  try {
    decodeBackup(bytes, "b.zip");
  } catch (error) {
    assert.ok(isKind(error, "bad-image"), String(error));
    return error as Error;
  }
  throw new assert.AssertionError({ message: "not refused" });
}

Deno.test("a backup is read as it was made, its blank regions too", () => {
  assert.deepEqual(decodeBackup(encodeBackup(backup), "b.zip"), backup);
  const blank = region("spi_flash", 0, new Uint8Array(0x180_0000).fill(0xFF), "qspi");
  const bytes = encodeBackup({ ...backup, regions: [blank] });
  assert.equal(decodeBackup(bytes, "b.zip").regions[0].bytes.length, 0x180_0000);
});

Deno.test("cut off anywhere, or with any byte changed, it is refused or the same", () => {
  const bytes = encodeBackup(backup);
  for (let length = 0; length < bytes.length; length += 7) refusal(bytes.slice(0, length));
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = bytes.slice();
      damaged[at] ^= change;
      try {
        assert.deepEqual(decodeBackup(damaged, "b.zip"), backup);
      } catch (error) {
        assert.ok(isKind(error, "bad-image"), String(error));
      }
    }),
  );
});

Deno.test("a zip whose files are not those of its manifest is refused", () => {
  const zip = zipFiles(inMemory(encodeBackup(backup)), "b.zip");
  const files = Object.fromEntries(zip.paths.map((path) => [path, zip.read(path)]));
  const { "unbrick-backup.json": manifest, ...regions } = files;
  assert.match(refusal(zipSync(regions)).message, /not a backup/);
  assert.match(refusal(zipSync({ ...files, "more.bin": new Uint8Array(1) })).message, /not those/);
  assert.match(refusal(zipSync({ "unbrick-backup.json": manifest })).message, /not those/);
  const other = { ...files, "filesystem.bin": new Uint8Array(3000) };
  assert.match(refusal(zipSync(other)).message, /filesystem\.bin.*not what the manifest says/);
  const json = (text: string) => ({
    ...files,
    "unbrick-backup.json": new TextEncoder().encode(text),
  });
  const said = new TextDecoder().decode(manifest);
  const huge = said.replace('"size": 3000', '"size": 200000000');
  assert.match(refusal(zipSync(json(huge))).message, /more memory than any camera/);
  for (
    const bad of [
      "",
      "{}",
      said.replace('"filesystem"', '"../x"'),
      said.replace('"schema": 1', '"schema": 2'),
    ]
  ) {
    assert.match(refusal(zipSync(json(bad))).message, /manifest/);
  }
});

Deno.test("files of a ROMFS that share their content are not copied over and over", () => {
  const pointer = { size: 900, offset: 0 };
  const shared = Array.from({ length: 200 }, (_, at) => ({ name: `f${at}`, pointer }));
  const bytes = encodeRomfs([{ name: "data", content: new Uint8Array(1000) }, ...shared]);
  const [{ files }] = fileSystemsIn([{ memory: "file", address: 0, bytes }]);
  const total = files.reduce((sum, file) => sum + file.read().length, 0);
  assert.equal(files.length, 201);
  assert.ok(total <= bytes.length && files.at(-1)!.damage !== undefined);
});

const options = { size: 0x2_0000, sectorSize: 512, clusterSize: 512, label: "OPENMV" };
const main = { path: "main.py", content: new TextEncoder().encode("print(1)") };

Deno.test("file systems are found wherever they are, also across regions that follow each other", () => {
  const fat = new Uint8Array(options.size);
  const big = { path: "big", content: new Uint8Array(90_000).fill(5) };
  fat.set(sampleFat([main, big], options));
  const romfs = new Uint8Array(8192).fill(0xFF);
  romfs.set(encodeRomfs([{ name: "model", content: new Uint8Array(100).fill(9) }]), 4096);
  const boot = new Uint8Array(0x8000);
  boot.set(fat.subarray(0, 0x4000), 0x4000); // where an old M4 has it
  const found = fileSystemsIn([
    region("romfs0", 0x100, romfs, "ospi"),
    region("more", 0x0800_8000, fat.subarray(0x4000)),
    region("bootloader", 0x0800_0000, boot),
  ]);
  assert.deepEqual(
    found.map((
      { kind, memory, address, files },
    ) => [kind, memory, address, files.map((one) => one.path)]),
    [
      ["FAT12", "flash", 0x0800_4000, ["main.py", "big"]],
      ["ROMFS", "ospi", 0x1100, ["model"]],
    ],
  );
  assert.deepEqual(found[0].files[1].read(), big.content);
  assert.deepEqual(found[1].files[0].read(), new Uint8Array(100).fill(9));
});

Deno.test("file systems that follow each other are found, in three parts that follow each other, too", () => {
  const fat = new Uint8Array(options.size);
  fat.set(sampleFat([main], options));
  const romfs = encodeRomfs([{ name: "model", content: new Uint8Array(5000).fill(9) }]);
  const parts = [
    fat.subarray(0, 0x1000),
    fat.subarray(0x1000, 0x3000),
    fat.subarray(0x3000),
    romfs,
    fat,
  ];
  let address = 0x1000;
  const regions = parts.map((bytes, at) => {
    const one = region(`${at}`, address, bytes);
    address += Math.ceil(bytes.length / 4096) * 4096;
    return one;
  });
  const there = fileSystemsIn(regions);
  assert.deepEqual(there.map(({ kind, address }) => [kind, address]), [
    ["FAT12", 0x1000],
    ["ROMFS", 0x2_1000],
    ["FAT12", 0x2_3000],
  ]);
  const whole = new Uint8Array(0x4_2000).fill(0xFF);
  for (const { address, bytes } of regions) whole.set(bytes, address - 0x1000);
  const inOne = fileSystemsIn([region("flash", 0x1000, whole)]);
  assert.deepEqual(inOne.map(({ address }) => address), [0x1000, 0x2_1000, 0x2_3000]);
});

Deno.test("a backup states 128 MiB at most, before any of it is read", () => {
  const files = zipFiles(inMemory(encodeBackup({ ...backup, regions: [] })), "b.zip");
  const manifest = JSON.parse(new TextDecoder().decode(files.read(files.paths[0])));
  const stated = (size: number) => {
    const { bytes: _, address, ...place } = backup.regions[0];
    const one = { ...place, address: `0x0${address.toString(16)}`, size, sha256: "0".repeat(64) };
    const json = JSON.stringify({ ...manifest, regions: [one] });
    return refusal(zipSync({ [files.paths[0]]: new TextEncoder().encode(json) })).message;
  };
  assert.match(stated(0x800_0000), /its files are not those that its manifest lists/);
  assert.match(stated(0x800_0001), /more memory than any camera has/);
});
