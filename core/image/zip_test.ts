import fc from "fast-check";
import { type Zippable, zipSync } from "fflate";
import assert from "node:assert/strict";
import { isKind, UnbrickError } from "../common/errors.ts";
import { indexesOf } from "./search.ts";
import { inMemory } from "./byte_source.ts";
import { zipFiles } from "./zip.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const content = Uint8Array.from({ length: 3000 }, (_, i) => i % 251 ^ i >> 5);

function refusal(zip: Uint8Array, path?: string): UnbrickError {
  try {
    const files = zipFiles(inMemory(zip), "r.zip");
    if (path !== undefined) files.read(path);
  } catch (error) {
    assert.ok(error instanceof UnbrickError && error.kind === "bad-image", String(error));
    assert.equal(error.data.file, "r.zip");
    return error;
  }
  throw new assert.AssertionError({ message: "not refused" });
}

/**
 * Returns the archive with every `from` (in local and central headers) replaced by `to` of the same
 * length.
 */
function renamed(zip: Uint8Array, from: string, to: string): Uint8Array {
  const copy = zip.slice();
  for (const at of indexesOf(zip, from)) copy.set(ascii(to), at);
  return copy;
}

/** Returns the zip with one field of the first entry's central header changed. */
function patched(zip: Uint8Array, offset: number, change: (view: DataView, at: number) => void) {
  const copy = zip.slice();
  change(new DataView(copy.buffer), indexesOf(copy, "PK\x01\x02")[0] + offset);
  return copy;
}

Deno.test("what was zipped is read back, stored or deflated", () => {
  fc.assert(fc.property(
    fc.dictionary(
      fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,5}\.bin)?$/),
      fc.uint8Array({ maxLength: 5000 }),
      { maxKeys: 5 },
    ),
    fc.constantFrom(0 as const, 6 as const),
    (entries, level) => {
      const files = zipFiles(
        inMemory(zipSync(entries as Zippable, { level })),
        "r.zip",
        "some/r.zip",
      );
      assert.deepEqual(files.paths.toSorted(), Object.keys(entries).toSorted());
      for (const [path, bytes] of Object.entries(entries)) {
        assert.deepEqual(files.read(path), bytes);
      }
    },
  ));
});

Deno.test("from a damaged zip, the reader returns the true bytes of a file or refuses it", () => {
  const zip = zipSync({ "OPENMV4/a.bin": content, "OPENMV4/b.bin": [content, { level: 0 }] });
  fc.assert(
    fc.property(fc.nat(zip.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = zip.slice();
      damaged[at] ^= change;
      for (const path of ["OPENMV4/a.bin", "OPENMV4/b.bin"]) {
        try {
          assert.deepEqual(zipFiles(inMemory(damaged), "r.zip").read(path), content);
        } catch (error) {
          if (!isKind(error, "bad-image", "not-found")) throw error;
        }
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("names that lead out of the archive are refused with the name of the entry", () => {
  for (
    const [name, reason] of [
      ["../x.bin", /points outside/],
      ["OPENMV4/../../x", /points outside/],
      ["/etc/x", /absolute/],
      ["C:/x", /absolute/],
      ["C:x", /absolute/],
      ["a\\..\\x", /points outside/],
      ["..\\x", /points outside/],
      ["\\x", /absolute/],
      ["C:\\x", /absolute/],
      ["a\nb", /control/],
    ] as const
  ) {
    const error = refusal(zipSync({ "ok.bin": content, [name]: content }));
    assert.match(error.message, reason);
    assert.equal(error.data.entry, name);
  }
});

Deno.test("harmless spellings of a path are normalised, and cannot hide a duplicate", () => {
  assert.deepEqual(zipFiles(inMemory(zipSync({ "./a//b.bin": content })), "r.zip").paths, [
    "a/b.bin",
  ]);
  assert.match(refusal(zipSync({ "a/b": content, "a/./b": content })).message, /contains it twice/);
  const twice = renamed(zipSync({ "one.bin": content, "two.bin": content }), "two.bin", "one.bin");
  assert.match(refusal(twice).message, /entry one\.bin.*contains it twice/);
});

Deno.test("encrypted, linked and unknown entries are refused", () => {
  const zip = zipSync({ "a.bin": content });
  const flags = patched(zip, 8, (view, at) => view.setUint16(at, 1, true));
  assert.match(refusal(flags).message, /entry a\.bin.*encrypted/);
  const method = patched(zip, 10, (view, at) => view.setUint16(at, 12, true));
  assert.match(refusal(method).message, /unknown method 12/);
  const link = patched(zip, 38, (view, at) => view.setUint32(at, 0xA1FF0000, true));
  assert.match(refusal(link).message, /symbolic link/);
});

Deno.test("a truncated zip is refused, wherever it is cut", () => {
  const zip = zipSync({ "a.bin": content, "b.bin": content });
  fc.assert(fc.property(fc.nat(zip.length - 1), (length) => {
    assert.match(refusal(zip.subarray(0, length)).message, /truncated/);
  }));
  assert.match(refusal(zip.subarray(10)).message, /in the wrong place/);
});

Deno.test("wrong CRC, wrong size and broken data are refused", () => {
  const zip = zipSync({ "a.bin": [content, { level: 0 }] });
  const damaged = zip.slice();
  damaged[100] ^= 1;
  assert.match(refusal(damaged, "a.bin").message, /entry a\.bin.*CRC does not match/);
  const packed = zipSync({ "a.bin": content });
  const longer = patched(packed, 24, (view, at) => view.setUint32(at, 3001, true));
  assert.match(refusal(longer, "a.bin").message, /size differs/);
  const shorter = patched(packed, 24, (view, at) => view.setUint32(at, 2999, true));
  assert.match(refusal(shorter, "a.bin").message, /size differs/);
});

Deno.test("zip bombs are refused before anything is unpacked", () => {
  const zeros = zipSync({ "zeros.img": new Uint8Array(2 * 1_048_576) });
  assert.match(refusal(zeros, "zeros.img").message, /entry zeros\.img.*unpack from .* to 2 MiB/);
  const huge = patched(zipSync({ "a.bin": content }), 24, (view, at) => {
    view.setUint32(at, 0x7FFFFFFF, true);
  });
  assert.match(refusal(huge, "a.bin").message, /would unpack/);
  const pair = zipSync({ "a.bin": [content, { level: 0 }], "b.bin": [content, { level: 0 }] });
  const overlap = patched(pair, 20, (view, at) => view.setUint32(at, 6000, true));
  assert.match(refusal(overlap).message, /overlaps/);
});
