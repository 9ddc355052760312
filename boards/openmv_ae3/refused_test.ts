import assert from "node:assert/strict";
import { POINTER_ADDRESS, SYSTEM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { type ErrorKind, isKind } from "../../core/common/errors.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import { boardImages, withImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import { ae3 } from "./boards.ts";
import { openmvAe3 } from "./mod.ts";
import { sampleImages } from "./samples.ts";
import { AeTrial, smallImages } from "../../tests/support/boards/openmv_ae3_rig.ts";

type Traps = NonNullable<SimulationOptions["traps"]>;

function proven(result: { outcome: string; error?: Error }): void {
  assert.equal(result.error?.message, undefined);
  assert.equal(result.outcome, "proven");
}

/** Starts a camera with the right contents, except for what the traps change. */
const start = (traps: Traps = {}, condition: SimulationOptions["condition"] = "healthy") =>
  new AeTrial({ traps, condition });

async function refused(traps: Traps, kind: ErrorKind, reason: RegExp): Promise<AeTrial> {
  const run = start(traps, "bricked");
  const before = run.camera.memory("mram");
  const { error, outcome } = await run.run("restore");
  assert.ok(
    error && isKind(error, kind),
    `${JSON.stringify(traps)}: ${error?.kind} ${error?.message}`,
  );
  assert.match(error.message, reason);
  assert.equal(outcome, "unchanged");
  assert.deepEqual(run.camera.memory("mram"), before);
  return run;
}

Deno.test("a chip of another part, in another state, or with another root key is refused unchanged", async () => {
  await refused({ part: "AE722F80F55D5LS", oldPackage: false }, "wrong-board", /AE722F80F55D5LS/);
  await refused({ lifeCycle: 5 }, "protected", /life-cycle state SE/);
  await refused({ lifeCycle: 7 }, "protected", /life-cycle state RMA/);
  await refused({ root: "development", enclaveDead: true }, "wrong-board", /root key/);
  await refused({ flagIgnored: true }, "device-status", /maintenance mode/);
});

Deno.test("a part without a number gets the package of its bridge's variant", async () => {
  const run = start({ part: "blank", enclaveDead: true, variant: "LE" }, "bricked");
  proven(await run.run("restore"));
  assert.ok(run.isRestored);
});

Deno.test("the part that the chip reports counts more than its bridge", async () => {
  const run = start({ part: "AE302F80F55D5LE" }, "bricked");
  const { error } = await run.run("restore");
  // The camera contains the package for its bridge's part, which its chip does not start.
  assert.equal(error?.message, undefined);
  assert.ok(
    run.trial.notes.some((note) => /the part number that the chip reports decides/.test(note)),
  );
  const { bytes } = smallImages.get("system-le")!;
  assert.deepEqual(run.camera.mram.read(SYSTEM_BASE, bytes.length), bytes);
});

Deno.test("without a package, a dead enclave's error names the package it needs; an old one is left as it is", async () => {
  const images = boardImages(
    "a release",
    smallImages.all.filter(({ role }) => !role.startsWith("system") && !role.startsWith("pointer")),
  );
  const dead = start({ enclaveDead: true }, "bricked");
  const { error, outcome } = await dead.run("restore", { images });
  assert.equal(error?.kind, "not-found");
  assert.match(error!.message, /SP-AE302F80F55D5AE-rev-b4\.bin with its \.sign/);
  assert.equal(outcome, "unchanged");
  // A chip without a root key accepts the development packages (alif-isp.md C.1).
  const blank = await start({ enclaveDead: true, root: "none" }, "bricked").run("restore", {
    images,
  });
  assert.match(blank.error!.message, /SP-AE302F80F55D5AE-rev-b4-dev\.bin with its \.sign/);
  const old = start({ oldPackage: true }, "bricked");
  const pointer = old.camera.mram.read(POINTER_ADDRESS, 16);
  proven(await old.run("restore", { images }));
  assert.deepEqual(old.camera.mram.read(POINTER_ADDRESS, 16), pointer);
  assert.deepEqual(old.trial.changed, ["bootloader"]);
});

Deno.test("memory that loses a line never leads to success, and the table is not written over it", async () => {
  const run = start({ lostLine: 0x8000_0200 }, "bricked");
  const { error, outcome } = await run.run("restore");
  assert.equal(error?.kind, "verify-failed");
  assert.equal(outcome, "partly-written");
  assert.deepEqual(run.trial.changed, ["bootloader"]);
});

function planRefuses(change: (bytes: Uint8Array) => void, role: string, reason: RegExp): void {
  const image = smallImages.get(role)!;
  const bytes = image.bytes.slice();
  change(bytes);
  const bad = loadImage(bytes, { role, name: image.name, source: "test" });
  assert.throws(
    () => openmvAe3.plan("restore", ae3, withImages(smallImages, [bad]), {}),
    (error) => isKind(error, "bad-image", "wrong-board") && reason.test(error.message),
  );
}

Deno.test("images that cannot be right are refused before any device is accessed", () => {
  planRefuses((bytes) => bytes[4000] ^= 1, "bootloader", /does not describe bootloader\.bin/);
  planRefuses((bytes) => bytes[0x1FF0] ^= 1, "toc", /checksum/);
  planRefuses((bytes) => bytes[0x1200] ^= 1, "toc", /signature of its entry HP_BOOT is wrong/);
  planRefuses((bytes) => bytes[0x1F00] ^= 1, "toc", /DEVICE does not match its certificate/);
  planRefuses((bytes) => bytes[4] ^= 1, "bootloader", /reset vector/);
  planRefuses((bytes) => bytes[9] = 1, "toc", /other data before its table/);
  planRefuses((bytes) => bytes[5] ^= 0xFF, "firmware-hp", /reset vector/);
  planRefuses((bytes) => bytes.set([1, 0x04, 0x02, 0x80], 4), "firmware-he", /other core/);
  planRefuses((bytes) => bytes[600] ^= 1, "system-ae", /was made for/);
  planRefuses((bytes) => bytes[600] ^= 1, "system-le-sign", /was made for|belong together/);
  planRefuses((bytes) => bytes.fill(0), "romfs0", /zeros/);
});

Deno.test("any wrong bit of an address or a length in the table's certificates is refused", () => {
  // After the signatures, where no signature covers them (alif-isp.md C.7, C.8).
  for (const certificate of [0x1110, 0x1480, 0x17F0, 0x1B60]) {
    for (let bit = 0; bit < 64; bit++) {
      const at = certificate + 860 + (bit >> 3);
      planRefuses((bytes) => bytes[at] ^= 1 << (bit & 7), "toc", /entry (HP|HE|DEVICE)|HP_BOOT/);
    }
  }
});

Deno.test("a table as app-gen-toc writes it is padded, and the plan says which file it is", () => {
  const { bytes } = smallImages.get("toc")!;
  const role = "toc", name = "AppTocPackage.bin";
  const bare = loadImage(bytes.subarray(0x1110), { role, name, source: "test" });
  const { steps, images } = openmvAe3.plan("restore", ae3, withImages(smallImages, [bare]), {});
  assert.deepEqual(images.get("toc")!.bytes, bytes);
  const [target] = steps.find(({ id }) => id === "toc")!.targets!;
  assert.deepEqual([target.length, target.file?.bytes], [8_192, 3_824]);
});

Deno.test("a table for another part is refused as soon as the chip reports its own", async () => {
  const images = sampleImages({
    sizes: { bootloader: 4_656, hp: 8_708, he: 5_000, romfs1: 4_100, romfs0: 9_000, bank: 512 },
    tocPart: "AE302F80F55D5LE",
  });
  const run = start({}, "bricked");
  const { error, outcome } = await run.run("restore", { images });
  assert.equal(error?.kind, "wrong-board");
  assert.match(error!.message, /firmware_pad\.toc is for the part AE302F80F55D5LE/);
  assert.equal(outcome, "unchanged");
});
