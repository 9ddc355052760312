import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { encodeTrailer } from "../../tests/support/images/ota_trailer_encoder.ts";
import { encodeRomfs } from "../../tests/support/images/romfs_encoder.ts";
import { romfsHeadSize, romfsOwner } from "./romfs_owner.ts";

const SIZE = 0x1_0000;
const noise = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, at) => (at * 131 + seed * 7 + (at >> 8)) & 0xFF);
const known = encodeRomfs([
  { name: "face.cascade", content: noise(9000, 1) },
  { name: "smile.cascade", content: noise(9000, 2) },
]);
const own = encodeRomfs([{ name: "main.py", content: noise(6000, 3) }]);

const region = (...parts: readonly (readonly [number, Uint8Array])[]) => {
  const bytes = new Uint8Array(SIZE).fill(0xFF);
  for (const [at, part] of parts) bytes.set(part, at);
  return bytes;
};
const ownerOf = async (bytes: Uint8Array) =>
  (await romfsOwner(
    (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
    bytes.length,
    [known.subarray(0, romfsHeadSize)],
  )).owner;

Deno.test("nothing is lost in a blank region, or in one that no firmware mounts", async () => {
  assert.equal(await ownerOf(region()), "nobody");
  assert.equal(await ownerOf(new Uint8Array(SIZE)), "nobody");
  assert.equal(await ownerOf(region([0, noise(SIZE, 9)])), "nobody");
  assert.equal(await ownerOf(region([0, own.subarray(0, 5000)], [5000, noise(2000, 4)])), "user");
  assert.equal(await ownerOf(own.slice(0, 5000)), "nobody", "it ends outside");
});

Deno.test("a complete known image is recognised, and so is one that ends after any number of bytes", async () => {
  assert.equal(await ownerOf(region([0, known])), "known");
  for (let length = 3; length < known.length; length += 512) {
    assert.equal(await ownerOf(region([0, known.subarray(0, length)])), "known", `${length} bytes`);
  }
  const onTop = region([0, own], [0, known.subarray(0, romfsHeadSize)]);
  assert.equal(await ownerOf(onTop), "known", "its first block over another one");
});

Deno.test("any other complete file system belongs to the user, even if it begins with the same file", async () => {
  assert.equal(await ownerOf(region([0, own])), "user");
  const edited = encodeRomfs([
    { name: "face.cascade", content: noise(9000, 1) },
    { name: "smile.cascade", content: noise(9001, 2) },
  ]);
  assert.equal(await ownerOf(region([0, edited])), "user");
  const first = noise(9000, 1);
  first[100] = 0xFF;
  const blankByte = encodeRomfs([
    { name: "face.cascade", content: first },
    { name: "smile.cascade", content: noise(9000, 2) },
  ]);
  assert.equal(await ownerOf(region([0, blankByte])), "user", "one byte of it is as if blank");
});

Deno.test("an application of openmv-ota: its trailer in either slot, whatever is before it", async () => {
  for (const at of [SIZE / 2 - 4096, SIZE - 4096]) {
    for (const body of [own, known, new Uint8Array()]) {
      assert.equal(await ownerOf(region([0, body], [at, encodeTrailer(body)])), "ota");
    }
    const torn = encodeTrailer(own);
    torn[60] ^= 1;
    assert.equal(await ownerOf(region([0, own], [at, torn])), "user");
  }
});

Deno.test("a last sector that cannot be read has no trailer; a lost camera is still an error", async () => {
  const bytes = region([0, own]);
  const read = (kind: "timeout" | "disconnected") => (offset: number, length: number) => {
    if (offset + length === SIZE) return Promise.reject(new UnbrickError(kind, "No answer."));
    return Promise.resolve(bytes.subarray(offset, offset + length));
  };
  assert.equal((await romfsOwner(read("timeout"), SIZE, [])).owner, "user");
  await assert.rejects(romfsOwner(read("disconnected"), SIZE, []), { kind: "disconnected" });
});
