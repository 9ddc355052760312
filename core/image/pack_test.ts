import { type Zippable, zipSync } from "fflate";
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Board } from "../family/board.ts";
import { type ErrorKind, UnbrickError } from "../common/errors.ts";
import { manifestPack } from "./manifest_set.ts";
import { loadImageFile, packOf } from "./pack.ts";
import { openImageSet } from "./source.ts";
import { boardImages, requireImage, withImages } from "./board_images.ts";
import { loadImage } from "./load.ts";
import { sha256 } from "../common/sha256.ts";
import type { ManifestJson } from "./manifest.ts";
import { sampleStm32Bootloader } from "./sample.ts";
import { inMemory } from "./byte_source.ts";
import { zipFiles } from "./zip.ts";

const h7: Board = {
  id: "openmv-h7",
  name: "OpenMV Cam H7",
  maker: "OpenMV",
  folder: "OPENMV4",
  chip: "STM32H743",
  jobs: { restore: true, flash: true, read: true, verify: true },
  roles: [
    {
      role: "bootloader",
      title: "bootloader",
      fileNames: ["bootloader.bin"],
      neededFor: ["restore"],
    },
    { role: "firmware", title: "firmware", fileNames: ["firmware.bin"], neededFor: ["flash"] },
    { role: "romfs0", title: "ROMFS", fileNames: ["romfs0.img", "romfs.img"], neededFor: [] },
    { role: "radio", title: "radio", fileNames: ["cyw4343_btfw.bin"], neededFor: [] },
  ],
  recoveryActions: [],
  afterActions: [],
};
const h7Plus: Board = {
  ...h7,
  id: "openmv-h7-plus",
  name: "OpenMV Cam H7 Plus",
  folder: "OPENMV4P",
};

const bootloader = sampleStm32Bootloader({
  usbProductId: 0x9204,
  ramBase: 0x20000000,
  ramSize: 0x20000,
  flashBase: 0x08000000,
  size: 8192,
  version: "1.0.3",
  simulationOnly: false,
});
const firmware = Uint8Array.from({ length: 5000 }, (_, i) => i);
const romfs = Uint8Array.of(0xD2, 0xCD, 0x31, 1);
const release: Record<string, Uint8Array> = {
  "OPENMV4/bootloader.bin": bootloader,
  "OPENMV4/firmware.bin": firmware,
  "OPENMV4/romfs.img": romfs,
  "OPENMV3/firmware.bin": Uint8Array.of(3),
  "CYW4343/cyw4343_btfw.bin": Uint8Array.of(4),
};

function throws(kind: ErrorKind, attempt: () => unknown): UnbrickError {
  try {
    attempt();
  } catch (error) {
    assert.ok(error instanceof UnbrickError, String(error));
    assert.equal(error.kind, kind);
    return error;
  }
  throw new assert.AssertionError({ message: "nothing thrown" });
}

const zipped = (entries: Record<string, Uint8Array>, name: string) =>
  packOf(zipFiles(inMemory(zipSync(entries as Zippable)), name, `some/${name}`));

/** Runs `use` with a folder that contains these files, then removes it. */
function inFolder(entries: Record<string, Uint8Array>, use: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    for (const [path, bytes] of Object.entries(entries)) {
      Deno.mkdirSync(join(folder, path, ".."), { recursive: true });
      Deno.writeFileSync(join(folder, path), bytes);
    }
    use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("a release zip gives a board's images by role, with versions and sources", () => {
  const pack = zipped(release, "firmware_v5.0.0.zip");
  assert.deepEqual(pack.boards(), ["OPENMV3", "OPENMV4"]);
  const images = pack.imagesFor(h7);
  assert.equal(String(images.origin), "folder OPENMV4 of firmware_v5.0.0.zip");
  assert.deepEqual(images.all.map(({ role, name, version }) => [role, name, version]), [
    ["bootloader", "bootloader.bin", "1.0.3"],
    ["firmware", "firmware.bin", "5.0.0"],
    ["romfs0", "romfs.img", "5.0.0"],
    ["radio", "cyw4343_btfw.bin", "5.0.0"],
  ]);
  assert.equal(images.get("firmware")?.source, "some/firmware_v5.0.0.zip/OPENMV4/firmware.bin");
  assert.deepEqual(images.get("firmware")?.bytes, firmware);
});

Deno.test("a folder contains the same images as the zip", () => {
  inFolder(release, (folder) => {
    const images = openImageSet(folder).imagesFor(h7);
    const fromZip = zipped(release, "x.zip").imagesFor(h7);
    assert.deepEqual(
      images.all.map(({ role, sha256 }) => [role, sha256]),
      fromZip.all.map(({ role, sha256 }) => [role, sha256]),
    );
    assert.equal(images.get("romfs0")?.source, join(folder, "OPENMV4/romfs.img"));
    const one = openImageSet(join(folder, "OPENMV4"));
    assert.deepEqual(one.boards(), ["OPENMV4"]);
    assert.equal(one.imagesFor(h7).get("bootloader")?.sha256, sha256(bootloader));
    Deno.writeFileSync(join(folder, "r.zip"), zipSync(release as Zippable));
    assert.equal(openImageSet(join(folder, "r.zip")).imagesFor(h7).all.length, 4);
  });
});

Deno.test("a release inside one more folder, and a board's flat zip, are found", () => {
  const wrapped = Object.fromEntries(
    Object.entries(release).map(([path, bytes]) => [`firmware_v4.8.1/${path}`, bytes]),
  );
  const pack = zipped({ ...wrapped, "__MACOSX/firmware_v4.8.1/x": romfs }, "download.zip");
  assert.deepEqual(pack.imagesFor(h7).all.map(({ version }) => version).slice(0, 2), [
    "1.0.3",
    "4.8.1",
  ]);
  const flat = zipped({ "firmware.bin": firmware }, "firmware_OPENMV4.zip");
  assert.deepEqual(flat.boards(), ["OPENMV4"]);
  assert.deepEqual(flat.imagesFor(h7).get("firmware")?.bytes, firmware);
  assert.match(
    throws("wrong-board", () => flat.imagesFor(h7Plus)).message,
    /It contains: OPENMV4\./,
  );
  const unnamed = zipped({ "firmware.bin": firmware }, "build.zip");
  assert.deepEqual(unnamed.boards(), []);
  assert.ok(unnamed.imagesFor(h7Plus).get("firmware"));
});

Deno.test("the error for a missing image names board, role and where it was looked for", () => {
  const pack = zipped(release, "r.zip");
  const none = throws("not-found", () => pack.imagesFor(h7Plus));
  assert.match(
    none.message,
    /r\.zip has no folder OPENMV4P for the OpenMV Cam H7 Plus\. .*OPENMV3/,
  );
  const images = zipped({ "OPENMV4/firmware.bin": firmware }, "r.zip").imagesFor(h7);
  assert.equal(images.get("romfs0"), undefined);
  const missing = throws("not-found", () => requireImage(images, h7, "romfs0"));
  assert.equal(
    missing.message,
    "There is no ROMFS image (romfs0.img or romfs.img) for the OpenMV Cam H7 in " +
      "folder OPENMV4 of r.zip.",
  );
  assert.equal(missing.data.role, "romfs0");
  assert.equal(requireImage(images, h7, "firmware").role, "firmware");
  throws("not-found", () => openImageSet("no/such/folder"));
});

Deno.test("symbolic links are followed only inside the folder", () => {
  inFolder({ ...release, "secret.bin": romfs }, (folder) => {
    const inner = join(folder, "OPENMV4");
    Deno.removeSync(join(inner, "romfs.img"));
    Deno.symlinkSync(join(folder, "secret.bin"), join(inner, "romfs.img"));
    assert.deepEqual(openImageSet(folder).imagesFor(h7).get("romfs0")?.bytes, romfs);
    const error = throws("bad-image", () => openImageSet(inner).imagesFor(h7));
    assert.match(error.message, /entry romfs\.img.*symbolic link to a place outside the folder/);
    Deno.symlinkSync(folder, join(inner, "loop"));
    assert.equal(openImageSet(folder).imagesFor(h7).all.length, 4);
  });
});

Deno.test("loadImageFile refuses what is not a file", () => {
  inFolder(release, (folder) => {
    assert.equal(loadImageFile(join(folder, "OPENMV4/firmware.bin"), "firmware").role, "firmware");
    throws("bad-image", () => loadImageFile(join(folder, "OPENMV4"), "firmware"));
    throws("not-found", () => loadImageFile(join(folder, "none.bin"), "firmware"));
  });
});

const listed = {
  folder: "OPENMV4",
  role: "firmware",
  path: "OPENMV4/firmware.bin",
  address: "0x08040000",
  size: firmware.length,
  sha256: sha256(firmware),
  version: "5.0.0",
  source: "made up",
  licence: "MIT",
  simulationOnly: true,
};

/** Returns a pack with this manifest around the release's files. */
function packWith(change: Partial<typeof listed> | ManifestJson) {
  const manifest = "schema" in change ? change : { schema: 1, files: [{ ...listed, ...change }] };
  return packAround(JSON.stringify(manifest));
}

function packAround(manifest: string) {
  const json = new TextEncoder().encode(manifest);
  return manifestPack({
    name: "own",
    paths: ["manifest.json", ...Object.keys(release)],
    read: (path) => path === "manifest.json" ? json : release[path],
    sourceOf: (path) => `own/${path}`,
  });
}

Deno.test("a pack with a manifest contains what it lists, checked", () => {
  const pack = packWith({});
  assert.deepEqual(pack.boards(), ["OPENMV4"]);
  const image = pack.imagesFor(h7).get("firmware");
  assert.deepEqual(image, {
    role: "firmware",
    name: "firmware.bin",
    source: "own/OPENMV4/firmware.bin",
    bytes: firmware,
    address: 0x08040000,
    version: "5.0.0",
    sha256: listed.sha256,
    simulationOnly: true,
  });
  assert.match(
    throws("not-found", () => pack.imagesFor(h7Plus)).message,
    /no images for the OpenMV Cam H7 Plus \(folder OPENMV4P\)/,
  );
  const json = new TextEncoder().encode(JSON.stringify({ schema: 1, files: [listed] }));
  const zip = zipped({ ...release, "manifest.json": json }, "own.zip");
  assert.ok(zip.imagesFor(h7).get("firmware")?.simulationOnly);
});

Deno.test("a file that differs from its manifest is refused with both values", () => {
  const other = sha256(romfs);
  const hash = throws("bad-image", () => packWith({ sha256: other }).imagesFor(h7));
  assert.ok(hash.message.includes(other) && hash.message.includes(listed.sha256));
  assert.ok(hash.message.includes("OPENMV4/firmware.bin"));
  const size = throws("bad-image", () => packWith({ size: 4999 }).imagesFor(h7));
  assert.match(size.message, /has 5000 bytes, but its manifest says 4999/);
});

Deno.test("a wrong manifest is refused with the field", () => {
  assert.match(throws("bad-image", () => packWith({ path: "../x" })).message, /files\.0\.path/);
  assert.match(throws("bad-image", () => packWith({ address: "8" })).message, /address/);
  const twice = { schema: 1 as const, files: [listed, listed] };
  assert.match(throws("bad-image", () => packWith(twice)).message, /two files for OPENMV4/);
  const future = { schema: 2, files: [] } as unknown as ManifestJson;
  assert.match(throws("bad-image", () => packWith(future)).message, /schema/);
  assert.match(
    throws("bad-image", () => packAround("{")).message,
    /not JSON/,
  );
});

Deno.test("files named on the command line replace those of the pack", () => {
  const base = boardImages("r.zip", [
    loadImage(firmware, { role: "firmware", name: "firmware.bin", source: "." }),
    loadImage(romfs, { role: "romfs0", name: "romfs0.img", source: "." }),
  ]);
  const own = loadImage(bootloader, { role: "firmware", name: "own.bin", source: "." });
  const mixed = withImages(base, [own]);
  assert.equal(mixed.get("firmware"), own);
  assert.equal(mixed.get("romfs0")?.name, "romfs0.img");
  assert.equal(String(mixed.origin), "own.bin and r.zip");
  assert.equal(withImages(base, []), base);
});
