import assert from "node:assert/strict";
import { boards } from "../boards/openmv_stm32/boards.ts";
import { hasSimulationMark } from "../core/image/simulation_mark.ts";
import { sha256 } from "../core/common/sha256.ts";
import { deflated, inflated, ownImage } from "../core/image/embedded_images.ts";
import { parseManifest, trustedManifest } from "../core/image/manifest.ts";
import { bundledSet } from "../core/image/pack.ts";
import { generateImages } from "../tools/generate_images.ts";

const images = new URL("../images/", import.meta.url);

function committed(folder = ""): string[] {
  return [...Deno.readDirSync(new URL(folder, images))].flatMap((entry) =>
    entry.isDirectory ? committed(`${folder}${entry.name}/`) : [`${folder}${entry.name}`]
  );
}

Deno.test("images/ contains what tools/generate_images.ts makes, and nothing else", () => {
  const made = generateImages();
  assert.deepEqual(committed().toSorted(), [...made.keys()].toSorted());
  let total = 0;
  for (const [path, bytes] of made) {
    const there = Deno.readFileSync(new URL(path, images));
    assert.equal(sha256(there), sha256(bytes), `${path} differs: run tools/generate_images.ts`);
    total += bytes.length;
  }
  assert.ok(total < 5 * 1_048_576, `${total} bytes`);
});

Deno.test("the manifest that the program trusts passes every check, and is read as by them", () => {
  const bytes = Deno.readFileSync(new URL("manifest.json", images));
  assert.deepEqual(trustedManifest(bytes), parseManifest(bytes, "manifest.json"));
  const manifest = { schema: 1, name: "a", version: "5.0.0", files: [] } as const;
  const other = new TextEncoder().encode(JSON.stringify(manifest));
  assert.deepEqual(trustedManifest(other), parseManifest(other, "manifest.json"));
});

Deno.test("the executable contains the same images, deflated", () => {
  for (const path of committed()) {
    const bytes = Deno.readFileSync(new URL(path, images));
    assert.deepEqual(inflated(deflated(bytes)), bytes, path);
    assert.deepEqual(ownImage(path), bytes, path);
  }
});

Deno.test("the bundled pack has every role of the STM32 cameras, for simulation only", () => {
  const pack = bundledSet((path) => Deno.readFileSync(new URL(path, images)));
  for (const board of boards) {
    const set = pack.imagesFor(board);
    assert.deepEqual(
      set.all.map(({ role }) => role),
      board.roles.map(({ role }) => role),
    );
    for (const image of set.all) {
      assert.ok(image.simulationOnly && hasSimulationMark(image.bytes));
      assert.equal(image.source, "bundled");
    }
  }
});
