import assert from "node:assert/strict";
import fc from "fast-check";
import { UnbrickError } from "../common/errors.ts";
import { genuineFiles } from "../../tests/support/images/genuine_files.ts";
import { encodeRomfs, type RomfsEntry } from "../../tests/support/images/romfs_encoder.ts";
import { loadImage } from "./load.ts";
import { checkRomfs, romfsIn } from "./romfs.ts";
import { sampleRomfs } from "./sample.ts";

const ROOM = 0x10_0000;

function refusal(bytes: Uint8Array, limit = ROOM): UnbrickError | undefined {
  try {
    checkRomfs(
      loadImage(bytes, { role: "romfs0", name: "romfs0.img", source: "." }),
      limit,
      "ROMFS",
    );
  } catch (error) {
    assert.ok(error instanceof UnbrickError && error.kind === "bad-image", String(error));
    return error;
  }
}

const text = (value: string) => new TextEncoder().encode(value);
const tree: readonly RomfsEntry[] = [
  { name: "main.py", content: text("print(1)\n"), padding: 3 },
  { name: "models", entries: [{ name: "face.tflite", content: new Uint8Array(200).fill(7) }] },
  { name: "leer", entries: [] },
];

Deno.test("a complete file system is read: files, folders, padding, long lengths, data elsewhere", () => {
  const bytes = encodeRomfs(tree);
  assert.deepEqual(romfsIn(bytes), {
    size: bytes.length,
    files: ["main.py", "models/face.tflite"],
  });
  assert.equal(refusal(bytes), undefined);
  assert.equal(romfsIn(encodeRomfs(tree, { lengthBytes: 10 }))?.files.length, 2);
  const pointed = encodeRomfs([{ name: "a", pointer: { size: 4, offset: 2 } }]);
  assert.deepEqual(romfsIn(pointed)?.files, ["a"]);
});

Deno.test("data after it does not matter, as in a region that was read back", () => {
  const bytes = encodeRomfs(tree);
  const region = new Uint8Array(4096).fill(0x3C);
  region.set(bytes);
  assert.equal(romfsIn(region)?.size, bytes.length);
  assert.equal(refusal(region), undefined);
});

Deno.test("a file system that is cut anywhere is refused", () => {
  const bytes = encodeRomfs(tree);
  for (let length = 0; length < bytes.length; length++) {
    assert.equal(romfsIn(bytes.subarray(0, length)), undefined, `${length} bytes`);
    assert.ok(refusal(bytes.slice(0, length)), `${length} bytes`);
  }
});

const faults: readonly [string, Uint8Array, RegExp][] = [
  ["kind 0", encodeRomfs([{ kind: 0, body: text("x") }]), /unknown kind 0/],
  ["kind 6", encodeRomfs([{ kind: 6, body: text("x") }]), /unknown kind 6/],
  ["a name with a slash", encodeRomfs([{ name: "a/b", content: text("x") }]), /slash/],
  ["no name", encodeRomfs([{ name: "", content: text("x") }]), /name is empty/],
  [
    "a file without content",
    encodeRomfs([{ kind: 5, body: Uint8Array.of(1, 0x61) }]),
    /no content/,
  ],
  [
    "a name that is not UTF-8",
    encodeRomfs([{ kind: 4, body: Uint8Array.of(1, 0xFF) }]),
    /not UTF-8/,
  ],
  [
    "content outside",
    encodeRomfs([{ name: "a", pointer: { size: 400, offset: 2 } }]),
    /outside the file system/,
  ],
  ["too deep", encodeRomfs(nested(40)), /too deep/],
  ["a child longer than its parent", childTooLong(), /longer than its parent/],
];

function nested(depth: number): RomfsEntry[] {
  return depth === 0 ? [] : [{ name: "d", entries: nested(depth - 1) }];
}

/** The folder's own length ends one byte before its file does; the total length is correct. */
function childTooLong(): Uint8Array {
  const bytes = encodeRomfs([{ name: "d", entries: [{ name: "f", content: text("abc") }] }]);
  bytes[5] -= 1;
  return bytes;
}

for (const [name, bytes, reason] of faults) {
  Deno.test(`refused with the offset: ${name}`, () => {
    assert.equal(romfsIn(bytes), undefined);
    const error = refusal(bytes)!;
    assert.match(error.message, reason);
    assert.equal(typeof error.data.offset, "number");
  });
}

const strangers: readonly [string, Uint8Array, RegExp][] = [
  ["a web page", text('\n\n<!DOCTYPE html><html lang="en">'), /it is a web page/],
  ["the answer of a server", text('{"message":"Not Found"}'), /it is a JSON text/],
  ["a RAR archive", text("Rar!\x1a\x07\x01\0"), /it is a RAR archive/],
  ["a text", text("Some text about cameras, and nothing else."), /it is a text, not a ROMFS/],
  ["nothing", new Uint8Array(), /it is empty/],
  ["blank flash", new Uint8Array(4096).fill(0xFF), /only 0xFF/],
  ["other bytes", Uint8Array.from({ length: 99 }, (_, at) => at), /it is not a ROMFS/],
];
for (const [name, bytes, reason] of strangers) {
  Deno.test(`not a ROMFS, and the error says what it is: ${name}`, () => {
    assert.match(refusal(bytes)!.message, reason);
  });
}

Deno.test("a file system larger than its region is refused", () => {
  assert.match(refusal(encodeRomfs(tree), 100)!.message, /ROMFS region has only 100/);
});

Deno.test("any bytes after the magic lead to a result, never to a crash", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
      romfsIn(Uint8Array.of(0xD2, 0xCD, 0x31, ...rest));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("generated file systems are complete", () => {
  for (const size of [64, 4352, 40_001, 1_000_000]) {
    const bytes = sampleRomfs({ size, seed: "x", version: "5.0.0", simulationOnly: true });
    assert.deepEqual(romfsIn(bytes), { size, files: ["sample.bin"] });
  }
});

const genuine = genuineFiles("openmv-releases");

Deno.test({
  name: "OpenMV's own: three files, 81852 bytes (openmv-runtime.md 3.4)",
  ignore: genuine.missing,
  fn() {
    const bytes = genuine.read("OPENMV2_romfs0.img");
    assert.deepEqual(romfsIn(bytes), {
      size: 81_852,
      files: [
        "haarcascade_eye.cascade",
        "haarcascade_smile.cascade",
        "haarcascade_frontalface.cascade",
      ],
    });
    for (let cut = 1; cut < 5_000; cut += 37) {
      assert.equal(romfsIn(bytes.subarray(0, bytes.length - cut)), undefined);
    }
  },
});
