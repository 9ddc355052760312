import fc from "fast-check";
import assert from "node:assert/strict";
import { isKind } from "../common/errors.ts";
import { sha256 } from "../common/sha256.ts";
import { loadListedImage, type ManifestJson, parseManifest } from "./manifest.ts";

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const content = Uint8Array.from({ length: 300 }, (_, at) => at % 251);

const file = fc.record({
  folder: fc.constantFrom("OPENMV2", "OPENMV4"),
  role: fc.constantFrom("bootloader", "firmware", "romfs0"),
  path: fc.stringMatching(/^[a-z]{1,8}\/[a-z]{1,8}\.bin$/),
  size: fc.integer({ min: 1, max: 1_000_000 }),
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
  source: fc.constant("made by the test"),
  licence: fc.constant("MIT"),
  simulationOnly: fc.boolean(),
}, { noNullPrototype: true });
const manifest: fc.Arbitrary<ManifestJson> = fc.record({
  schema: fc.constant(1 as const),
  files: fc.uniqueArray(file, {
    maxLength: 6,
    selector: ({ folder, role }) => `${folder} ${role}`,
  }),
}, { noNullPrototype: true });

Deno.test("a manifest is read as it was written", () => {
  fc.assert(fc.property(manifest, (one) => {
    assert.deepEqual(parseManifest(bytesOf(one), "m"), one);
  }));
});

Deno.test("refused: one role of a board twice, an unknown field, or a value of another type", () => {
  fc.assert(fc.property(
    manifest.filter(({ files }) => files.length > 0),
    fc.constantFrom(
      (one: ManifestJson) => ({ ...one, files: [...one.files, one.files[0]] }),
      (one: ManifestJson) => ({ ...one, schema: 2 }),
      (one: ManifestJson) => ({ ...one, extra: 1 }),
      (one: ManifestJson) => ({ ...one, files: [{ ...one.files[0], size: 0 }] }),
      (one: ManifestJson) => ({ ...one, files: [{ ...one.files[0], path: "../x" }] }),
      (one: ManifestJson) => ({ ...one, files: [{ ...one.files[0], sha256: "00" }] }),
    ),
    (one, spoil) => {
      assert.throws(
        () => parseManifest(bytesOf(spoil(one)), "m"),
        (error) => isKind(error, "bad-image"),
      );
    },
  ));
});

Deno.test("any bytes lead to a manifest or to bad-image", () => {
  fc.assert(fc.property(fc.oneof(fc.uint8Array(), fc.json().map(bytesOf)), (bytes) => {
    try {
      parseManifest(bytes, "m");
    } catch (error) {
      assert.ok(isKind(error, "bad-image"), String(error));
    }
  }));
});

Deno.test("a listed file with any byte changed, or of another length, is refused", () => {
  const listed = {
    folder: "OPENMV4",
    role: "firmware",
    path: "OPENMV4/firmware.bin",
    size: content.length,
    sha256: sha256(content),
    source: "x",
    licence: "x",
    simulationOnly: false,
  };
  assert.deepEqual(loadListedImage(content, listed, "x").bytes, content);
  fc.assert(fc.property(
    fc.nat(content.length - 1),
    fc.integer({ min: 1, max: 255 }),
    fc.boolean(),
    (at, change, isCut) => {
      const other = isCut ? content.slice(0, at) : content.slice();
      if (!isCut) other[at] ^= change;
      assert.throws(
        () => loadListedImage(other, listed, "x"),
        (error) => isKind(error, "bad-image"),
      );
    },
  ));
});
