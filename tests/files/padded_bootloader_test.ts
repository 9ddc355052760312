import assert from "node:assert/strict";
import { families } from "../support/boards/families.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import type { BoardFamily } from "../../core/family/family.ts";
import { withRole } from "../../core/image/blank_end.ts";
import { bundledSet } from "../../core/image/pack.ts";
import { sha256 } from "../../core/common/sha256.ts";
import type { Image } from "../../core/image/image.ts";
import { plug } from "../../core/plan/hardware_action.ts";
import { ran } from "../support/cli/command_rig.ts";
import { agreeingOperator, Trial } from "../support/plan/plan_rig.ts";

/** Tests bootloaders that a release padded up to the firmware's start (openmv-runtime.md 5.2). */

const samples = new URL("../../images/", import.meta.url);
const bundled = bundledSet((path) => Deno.readFileSync(new URL(path, samples)));

/**
 * Sizes of the padded file and of the region, and where the file system is in the model's memory.
 */
const cases = [
  ["openmv-m4", 65_536, 32_768, "flash", 0x8000, 0x10000],
  ["openmv-m7", 131_072, 32_768, "flash", 0x8000, 0x20000],
  ["openmv-h7", 262_144, 131_072, "flash", 0x20000, 0x40000],
  ["openmv-h7-plus", 262_144, 131_072, "flash", 0x20000, 0x40000],
  ["openmv-pure-thermal", 262_144, 131_072, "flash", 0x20000, 0x40000],
  ["openmv-n6", 524_288, undefined, "xspi", 0x40_0000, 0x80_0000],
  ["openmv-rt1062", 0x3_F000, undefined, "flash", 0x40_0000, 0x80_0000],
  ["openmv-ae3", 131_072, undefined, "ospi", 0, 0x80_0000],
] as const;

function boardOf(id: string) {
  for (const family of families) {
    const board = family.boards.find((one) => one.id === id);
    if (board) return { family, board };
  }
  throw new Error(id);
}

function padded(image: Image, size: number, value: number): Image {
  const bytes = new Uint8Array(size).fill(value);
  bytes.set(image.bytes);
  return { ...image, bytes, sha256: sha256(bytes) };
}

function restored(family: BoardFamily, id: string, change: (image: Image) => Image) {
  const { board } = boardOf(id);
  const images = withRole(bundled.imagesFor(board), "bootloader", change);
  return family.plan("restore", board, images, { bootloaderOnly: true });
}

for (const [id, size, region, memory, start, end] of cases) {
  const { family, board } = boardOf(id);
  for (const [value, name] of [[0xFF, "FF"], [0x00, "00"]] as const) {
    Deno.test(`${id}: a bootloader padded with ${name} is cut, the file system stays, both digests are reported`, async () => {
      const whole = padded(bundled.imagesFor(board).get("bootloader")!, size, value);
      const trial = new Trial([family]);
      const { clock, bus, serial } = trial;
      const socket = bus.socket("1-1");
      const camera = family.simulate(board, {
        clock,
        socket,
        serial: serial.socket(() => socket.portPath),
        condition: "bricked",
        images: bundled.imagesFor(board),
      });
      const files = () => camera.memory(memory).subarray(start, end);
      const before = files().slice();
      const plan = restored(family, id, () => whole);
      const { error, proofs } = await clock.run(async () => {
        await camera.perform(plug);
        return await trial.run(plan, camera, { operator: agreeingOperator(camera) });
      });
      assert.equal(error, undefined);
      assert.deepEqual(files(), before, "the user's files");
      const written = plan.images.get("bootloader")!;
      assert.equal(
        written.bytes.length,
        region ?? bundled.imagesFor(board).get("bootloader")!.bytes.length,
      );
      const file = { bytes: size, sha256: whole.sha256 };
      const proof = proofs.find((one) => one.sha256 === written.sha256)!;
      assert.equal(written.sha256, sha256(whole.bytes.subarray(0, written.bytes.length)));
      assert.deepEqual([written.file, proof.file], [file, file]);
      assert.match(
        String(proof.claim),
        new RegExp(`${written.bytes.length} of the file's ${size} bytes`),
      );
    });
  }

  Deno.test(`${id}: data after a bootloader that is not blank is never cut`, () => {
    assert.throws(
      () =>
        restored(family, id, (image) => {
          const long = padded(image, size + 4096, 0xFF);
          long.bytes[size] = 0x5A;
          return long;
        }),
      (error) => error instanceof UnbrickError && error.kind === "bad-image",
    );
  });
}

Deno.test("the record of a restore contains the digests of the written bytes and of the file", async () => {
  const { board } = boardOf("openmv-h7");
  const whole = padded(bundled.imagesFor(board).get("bootloader")!, 262_144, 0xFF);
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeFileSync(`${folder}/bootloader.bin`, whole.bytes);
    const line = `restore h7 --bootloader-only --simulate --fast --yes --report ${folder}/r.json ` +
      `--image ${folder}/bootloader.bin`;
    const { code, out, error } = await ran(line, {
      families,
      context: { bundledImages: () => bundled },
    });
    assert.equal(code, 0, out + error);
    const report = JSON.parse(Deno.readTextFileSync(`${folder}/r.json`));
    const image = report.images.find(({ role }: { role: string }) => role === "bootloader");
    const written = sha256(whole.bytes.subarray(0, 131_072));
    assert.deepEqual([image.bytes, image.sha256], [131_072, written]);
    assert.deepEqual(image.file, { bytes: 262_144, sha256: whole.sha256 });
    const step = report.steps.find(({ id }: { id: string }) => id === "bootloader");
    assert.equal(step.targets[0].file.sha256, whole.sha256);
    assert.equal(step.proofs[0].sha256, written);
    assert.equal(step.proofs[0].file.sha256, whole.sha256);
    const { out: text } = await ran(
      `plan restore h7 --bootloader-only --image ${folder}/bootloader.bin`,
      {
        families,
        context: { bundledImages: () => bundled },
      },
    );
    assert.match(text, new RegExp(`the whole file: 262144 bytes, sha256 ${whole.sha256}`));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
