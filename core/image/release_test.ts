import assert from "node:assert/strict";
import type { Board } from "../family/board.ts";
import { isKind } from "../common/errors.ts";
import { releasePack } from "./release.ts";

const role = (role: string, comesWith?: string) => ({
  ...{ role, title: role, fileNames: [`${role}.bin`], neededFor: [] },
  ...(comesWith && { comesWith }),
});
const n6 = {
  ...{ id: "openmv-n6", name: "OpenMV N6", folder: "OPENMV_N6", formerFolders: ["N6_OLD"] },
  roles: [role("bootloader"), role("firmware"), role("loader", "openmv-ide")],
} as unknown as Board;

const packed = (name: string, contents: Readonly<Record<string, Uint8Array>>) =>
  releasePack({
    name,
    paths: Object.keys(contents),
    read: (path) => contents[path],
    sourceOf: (path) => `${name}/${path}`,
  });
const one = Uint8Array.of(1);

/** A bootloader with the header of openmv-boards.md 5.8 there. */
function bootloader(at: number): Uint8Array {
  const bytes = new Uint8Array(0x1500);
  bytes.set([0xAD, 0x10, 0x07, 0xB0, 1, 0, 3], at);
  return bytes;
}

Deno.test("a bootloader's version is in its header, raw or after the ST header; all else has the release's", () => {
  const versions = (content: Uint8Array, name = "firmware_v5.0.0.zip") =>
    packed(name, { "OPENMV_N6/bootloader.bin": content, "OPENMV_N6/firmware.bin": one })
      .imagesFor(n6).all.map((image) => "version" in image ? image.version : "none");
  assert.deepEqual(versions(bootloader(0x1000)), ["1.0.3", "5.0.0"]);
  assert.deepEqual(versions(bootloader(0x1400)), ["1.0.3", "5.0.0"]);
  assert.deepEqual(versions(bootloader(0x1200)), ["5.0.0", "5.0.0"]);
  assert.deepEqual(versions(one, "x.zip"), ["none", "none"]);
});

Deno.test("a release gives the images of a board from its folder, and only the roles asked for", () => {
  const pack = packed("r.zip", { "OPENMV_N6/firmware.bin": one, "PICO/firmware.bin": one });
  assert.deepEqual(pack.boards(), ["OPENMV_N6", "PICO"]);
  const { origin, all } = pack.imagesFor(n6);
  assert.deepEqual([String(origin), all.map(({ role }) => role)], [
    "folder OPENMV_N6 of r.zip",
    ["firmware"],
  ]);
  assert.equal(all[0].source, "r.zip/OPENMV_N6/firmware.bin");
  assert.deepEqual(pack.imagesFor(n6, new Set(["bootloader"])).all, []);
  assert.equal(String(packed("f", { "firmware.bin": one }).imagesFor(n6).origin), "f");
});

Deno.test("a release without the board: why, and what it contains", () => {
  const error = (contents: Readonly<Record<string, Uint8Array>>, name = "r.zip") => {
    let found: unknown;
    assert.throws(() => packed(name, contents).imagesFor(n6), (thrown) => (found = thrown, true));
    assert.ok(isKind(found, "not-found", "wrong-board"), String(found));
    return found;
  };
  const other = error({ "PICO/firmware.bin": one, "OPENMV2/firmware.bin": one });
  assert.equal(other.kind, "not-found");
  assert.equal(
    other.message,
    "r.zip has no folder OPENMV_N6 for the OpenMV N6. It contains: OPENMV2, PICO.",
  );
  assert.deepEqual(other.data, {
    ...{ file: "r.zip", board: "openmv-n6", folder: "OPENMV_N6", has: ["OPENMV2", "PICO"] },
  });
  assert.equal(error({ "firmware.bin": one }, "firmware_OPENMV2.zip").kind, "wrong-board");
  const nothing = error({ "notes.txt": one });
  assert.equal(nothing.message, "r.zip contains no image for the OpenMV N6.");
  assert.deepEqual(nothing.data, { file: "r.zip", board: "openmv-n6" });
  assert.equal(
    error({ "a/OPENMV2/f": one, "b/OPENMV2/f": one, "c": one }).message,
    "r.zip contains no image for the OpenMV N6. If you mean something inside it, name that: a or b",
  );
  const helper = packed("r.zip", { "PICO/firmware.bin": one, "loader.bin": one });
  assert.deepEqual(helper.imagesFor(n6).all.map(({ role }) => role), ["loader"]);
});
