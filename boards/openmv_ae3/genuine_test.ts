import assert from "node:assert/strict";
import { AeTrial, smallImages } from "../../tests/support/boards/openmv_ae3_rig.ts";
import { genuineFiles } from "../../tests/support/images/genuine_files.ts";
import { SYSTEM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { type ErrorKind, isKind } from "../../core/common/errors.ts";
import { boardImages, withImages } from "../../core/image/board_images.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { loadImage } from "../../core/image/load.ts";
import { ae3 } from "./boards.ts";
import { checkImages } from "./check_images.ts";
import { openmvAe3 } from "./mod.ts";

/** Tests restores with the vendor's own system packages, and generated images for the rest. */

const files = genuineFiles("se-tools");
const test = (name: string, body: () => void | Promise<void>) =>
  Deno.test({ name, ignore: files.missing, fn: body });

const image = (role: string, name: string, bytes = files.read(name)) =>
  loadImage(bytes, { role, name, source: "SE Tools 1.110" });
const signedImage = (role: string, name: string) => [
  image(role, name),
  image(`${role}-sign`, `${name}.sign`),
];
const AE = "SP-AE302F80F55D5AE-rev-b4.bin", LE = "SP-AE302F80F55D5LE-rev-b4.bin";
const genuine = () =>
  withImages(smallImages, [
    ...signedImage("system-ae", AE),
    ...signedImage("system-le", LE),
    ...signedImage("pointer", "offset-58-rev-b4.bin"),
  ]);

test("a dead, an old and a healthy enclave are restored with genuine packages, of both parts", async () => {
  const all = [["AE", AE], ["LE", LE]] as const;
  for (const [variant, file] of all) {
    const bytes = files.read(file);
    for (const trap of ["enclaveDead", "oldPackage", undefined]) {
      const run = new AeTrial({
        condition: "bricked",
        images: genuine(),
        traps: { variant, ...(trap && { [trap]: true }) },
      });
      const { error, outcome } = await run.run("restore");
      assert.equal(error?.message, undefined);
      assert.equal(outcome, "proven");
      assert.ok(run.isRestored);
      assert.deepEqual(run.camera.mram.read(SYSTEM_BASE, bytes.length), bytes);
      assert.equal(run.trial.changed.includes("system-package"), trap !== undefined);
    }
  }
});

const refuses = (images: BoardImages, kind: ErrorKind, reason: RegExp) => {
  const check = (error: unknown) => isKind(error, kind) && reason.test(error.message);
  assert.throws(() => checkImages(images), check);
  assert.throws(() => openmvAe3.plan("restore", ae3, images, {}), check);
};

test("genuine packages of other parts are refused under the AE3's names", () => {
  const others = [
    ["SP-AE101F4071542LH-rev-b4.bin", /for the part AE101F4071542LH; this file must be for/],
    ["SP-AE822FA0E5597BS0-ospi0-32-rev-a0.bin", /for the part AE822FA0E5597BS0;/],
    [LE, /for the part AE302F80F55D5LE; this file must be for the AE302F80F55D5AE/],
  ] as const;
  for (const [name, reason] of others) {
    const under = [
      image("system-ae", AE, files.read(name)),
      image("system-ae-sign", `${AE}.sign`, files.read(`${name}.sign`)),
    ];
    refuses(withImages(genuine(), under), "wrong-board", reason);
  }
});

test("a genuine table of another part is refused as such", () => {
  const other = image("toc", "AppTocPackage.bin");
  refuses(withImages(genuine(), [other]), "wrong-board", /table of contents for the part AE822FA0/);
});

test("what is missing for one package does not hinder another, and alone it is named", () => {
  const development = signedImage("system-ae-dev", "SP-AE302F80F55D5AE-rev-b4-dev.bin");
  checkImages(withImages(genuine(), development));
  checkImages(withImages(smallImages, development));
  const withoutPackages = smallImages.all.filter(({ role }) => !/^(system|pointer)/.test(role));
  const alone = boardImages("test", [
    ...withoutPackages,
    ...development,
  ]);
  refuses(
    alone,
    "bad-image",
    /its pointer file \(offset-58-rev-b4\), of the same root key, is missing/,
  );
});
