import assert from "node:assert/strict";
import { sha256 } from "../common/sha256.ts";
import { boardImages } from "./board_images.ts";
import { cutBlankEnd, withRole } from "./blank_end.ts";
import type { Image } from "./image.ts";

const image = (...bytes: number[]): Image => ({
  ...{ role: "bootloader", name: "b.bin", source: ".", simulationOnly: false },
  bytes: Uint8Array.from(bytes),
  sha256: sha256(Uint8Array.from(bytes)),
});

Deno.test("an end of only 0xFF or only 0 behind the size is cut off; the whole file stays known", () => {
  for (const end of [[0xFF], [0xFF, 0xFF, 0xFF], [0], [0, 0]]) {
    const whole = image(1, 2, 0xFF, ...end);
    assert.deepEqual(cutBlankEnd(whole, 3), {
      ...image(1, 2, 0xFF),
      file: { bytes: 3 + end.length, sha256: whole.sha256 },
    });
  }
  const unpacked = { ...image(1, 0xFF), file: { bytes: 99, sha256: "of the container" } };
  assert.deepEqual(cutBlankEnd(unpacked, 1).file, unpacked.file);
});

Deno.test("any other image stays as it is", () => {
  for (const bytes of [[1, 2, 3], [1, 2], [1, 2, 3, 0xFF, 0], [1, 2, 3, 0xFF, 7], [1, 2, 3, 7]]) {
    const whole = image(...bytes);
    assert.equal(cutBlankEnd(whole, 3), whole);
  }
});

Deno.test("only the image of one role is changed", () => {
  const firmware = { ...image(1), role: "firmware" };
  const images = boardImages("here", [image(1, 0xFF), firmware], "why");
  const { origin, reason, all } = withRole(images, "bootloader", (one) => cutBlankEnd(one, 1));
  assert.deepEqual([origin, reason, all.map(({ bytes }) => [...bytes])], ["here", "why", [[1], [
    1,
  ]]]);
  assert.equal(all[1], firmware);
});
