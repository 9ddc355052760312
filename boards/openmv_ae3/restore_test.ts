import assert from "node:assert/strict";
import { CHAIN_SIZE } from "../../core/protocols/alif_isp/packets/certificate_chain.ts";
import { Nak } from "../../core/protocols/alif_isp/packets/error_code.ts";
import { POINTER_ADDRESS, SYSTEM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { readStoc } from "../../core/protocols/alif_isp/packets/stoc.ts";
import { type ErrorKind, isKind } from "../../core/common/errors.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import { boardImages, withImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import type { Proof } from "../../core/plan/proof.ts";
import { SerialLine } from "../../core/transport/serial/line.ts";
import { ae3 } from "./boards.ts";
import { BridgeModel } from "./bridge.ts";
import { openmvAe3 } from "./mod.ts";
import { factoryVersions, sampleImages } from "./samples.ts";
import { AeTrial, smallImages } from "../../tests/support/boards/openmv_ae3_rig.ts";

type Traps = NonNullable<SimulationOptions["traps"]>;

function proven(result: { outcome: string; error?: Error }): void {
  assert.equal(result.error?.message, undefined);
  assert.equal(result.outcome, "proven");
}

const evidenceOf = (proofs: readonly Proof[]) => proofs.map(({ evidence }) => evidence);

/** Starts a camera with the right contents, except for what the traps change. */
const start = (traps: Traps = {}, condition: SimulationOptions["condition"] = "healthy") =>
  new AeTrial({ traps, condition });

Deno.test("healthy: everything is compared, nothing is written", async () => {
  const run = start();
  proven(await run.run("restore"));
  assert.deepEqual(run.trial.changed, []);
  assert.ok(run.isRestored);
});

Deno.test("bootloader gone: it is written and proven, the rest compared", async () => {
  const run = start({}, "bricked");
  const result = await run.run("restore");
  proven(result);
  assert.deepEqual(run.trial.changed, ["bootloader"]);
  assert.ok(run.isRestored);
  assert.ok(
    evidenceOf(result.proofs).every((one) =>
      one === "read-back" || one === "device-check" || one === "alive"
    ),
  );
});

Deno.test("table gone: it is written, last", async () => {
  const run = start({ tableGone: true }, "bricked");
  proven(await run.run("restore"));
  assert.deepEqual(run.trial.changed, ["bootloader", "toc"]);
  assert.ok(run.isRestored);
  const alone = start({ tableGone: true });
  proven(await alone.run("restore"));
  assert.deepEqual(alone.trial.changed, ["toc"]);
});

Deno.test("package old: it is renewed before the bootloader", async () => {
  for (const variant of ["AE", "LE"]) {
    const run = start({ oldPackage: true, variant }, "bricked");
    proven(await run.run("restore"));
    assert.deepEqual(run.trial.changed, ["system-package", "bootloader", "toc"]);
    const { bytes } = smallImages.get(`system-${variant.toLowerCase()}`)!;
    assert.deepEqual(run.camera.mram.read(SYSTEM_BASE, bytes.length), bytes);
    assert.ok(run.isRestored);
  }
});

Deno.test("enclave dead: its firmware comes back through the chip's ROM", async () => {
  const run = start({ enclaveDead: true }, "bricked");
  const result = await run.run("restore");
  proven(result);
  assert.deepEqual(run.trial.changed, [
    "recover-enclave",
    "system-package",
    "bootloader",
    "toc",
  ]);
  const [recovered, renewed] = result.proofs.map(({ claim }) => claim);
  assert.match(
    String(recovered),
    /ROM checked one of the two copies in SP-AE302F80F55D5AE-rev-b4\.bin/,
  );
  assert.match(
    String(renewed),
    /checked all of SP-AE302F80F55D5AE-rev-b4\.bin against its signature/,
  );
  assert.ok(run.isRestored);
});

/** Returns where the second copy of the enclave's firmware is, after its certificates. */
function secondCopy(): number {
  const table = readStoc(smallImages.get("system-ae")!.bytes);
  assert.ok("entries" in table);
  return table.entries[1].objectAddress + CHAIN_SIZE;
}

Deno.test("a line of the second copy that the ROM did not keep is found when SES checks the whole", async () => {
  for (const noReadBack of [false, true]) {
    const traps = { enclaveDead: true, lostLine: secondCopy() + 32, noReadBack };
    const run = start(traps, "bricked");
    const { error, outcome } = await run.run("restore");
    assert.equal(error?.kind, "device-status");
    assert.equal(error?.data.code, Nak.IMAGE_VERIFICATION_FAILED);
    assert.equal(outcome, "partly-written");
    assert.deepEqual(run.trial.changed, ["recover-enclave", "system-package"]);
  }
});

Deno.test("a package that was cut off in its second copy is written again, although the first one runs", async () => {
  const { bytes } = smallImages.get("system-ae")!;
  for (const noReadBack of [false, true]) {
    const run = start({ oldPackage: true, noReadBack });
    const { camera } = run;
    const program = camera.mram.program;
    camera.mram.program = (address, data) => {
      if (address === secondCopy()) {
        camera.mram.program = program;
        camera.perform({ id: "unplug", text: "" });
      }
      return program.call(camera.mram, address, data);
    };
    assert.equal((await run.run("restore")).error?.kind, "disconnected");
    assert.notDeepEqual(camera.mram.read(SYSTEM_BASE, bytes.length), bytes);
    proven(await run.run("restore"));
    assert.deepEqual(camera.mram.read(SYSTEM_BASE, bytes.length), bytes);
    assert.ok(run.isRestored);
  }
});

Deno.test("a blank camera shows its adapter by itself and gets everything", async () => {
  const run = start({}, "blank");
  await run.camera.perform({ id: "plug", text: "" });
  proven(await run.run("restore"));
  assert.ok(run.isRestored);
  assert.deepEqual(run.trial.changed.slice(0, 2), ["bootloader", "toc"]);
});

Deno.test("a mute, a talking and a spinning enclave are all reached", async () => {
  for (const traps of [{ mute: true }, { chatter: true }, { spinner: false }] as Traps[]) {
    const run = start(traps);
    proven(await run.run("restore"));
    assert.ok(run.isRestored, JSON.stringify(traps));
  }
});

Deno.test("an adapter that holds bytes for 16 ms, and a rate that does not change, cost only time", async () => {
  for (const traps of [{ adapterLatency: 16 }, { baudStuck: true }, { forget: 500 }] as Traps[]) {
    const run = start(traps, "bricked");
    proven(await run.run("restore"));
    assert.ok(run.isRestored, JSON.stringify(traps));
  }
});

Deno.test("where memory may not be read, the new bootloader gives the proof", async () => {
  const run = start({ noReadBack: true }, "bricked");
  const result = await run.run("restore");
  proven(result);
  // Nobody can see whether the package is complete, so it is written again too.
  assert.deepEqual(run.trial.changed, ["system-package", "bootloader", "toc"]);
  const proof = result.proofs.find(({ covers }) => covers)!;
  assert.deepEqual(proof.covers, ["bootloader", "toc"]);
  assert.match(String(proof.claim), /The new bootloader is running/);
});

Deno.test("a camera that shows its adapter with the switch off gets the switch on before its power comes anew", async () => {
  const run = start({ noReadBack: true, tableGone: true });
  await run.camera.perform({ id: "plug", text: "" });
  await run.trial.clock.run(() => run.trial.clock.sleep(1_000));
  // An earlier run wrote the table and was interrupted: at power-on the camera would start.
  run.camera.mram.load(0x8057_E000, smallImages.get("toc")!.bytes);
  proven(await run.run("restore"));
  assert.equal(run.trial.changed[0], "system-package");
  assert.ok(run.isRestored);
});

Deno.test("a camera that starts when its enclave is back, with the switch off, is asked for it and goes on", async () => {
  const run = start({ enclaveDead: true });
  await run.camera.perform({ id: "plug", text: "" });
  await run.trial.clock.run(() => run.trial.clock.sleep(1_000));
  proven(await run.run("restore"));
  assert.deepEqual(run.trial.changed, ["recover-enclave", "system-package", "toc"]);
  assert.ok(run.isRestored);
});

Deno.test("a forgotten recovery switch is noticed and asked for again", async () => {
  const run = start({ switchForgotten: 2 }, "bricked");
  proven(await run.run("restore"));
  assert.ok(run.trial.notes.some((note) => /recovery switch is still on/.test(note)));
});

Deno.test("bootloader only: the firmware is left alone", async () => {
  const images = sampleImages({ versions: factoryVersions });
  const run = new AeTrial({ condition: "bricked", images: smallImages });
  proven(await run.run("restore", { bootloaderOnly: true }));
  assert.ok(run.hasBootloader);
  assert.notEqual(images.get("firmware-hp"), undefined);
  assert.equal(
    run.trial.events.some((event) => "step" in event && event.step === "firmware-hp"),
    false,
  );
});

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

Deno.test("a chip of another part, of another state, or with another root key is refused unchanged", async () => {
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

Deno.test("the part that the chip tells counts more than its bridge", async () => {
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

Deno.test("without a package a dead enclave is told which one it needs; an old one is left as it is", async () => {
  const images = boardImages(
    "a release",
    smallImages.all.filter(({ role }) => !role.startsWith("system") && !role.startsWith("pointer")),
  );
  const dead = start({ enclaveDead: true }, "bricked");
  const { error, outcome } = await dead.run("restore", { images });
  assert.equal(error?.kind, "not-found");
  assert.match(error!.message, /SP-AE302F80F55D5AE-rev-b4\.bin with its \.sign/);
  assert.equal(outcome, "unchanged");
  // A chip without a root key takes the development flavour (alif-isp.md C.1).
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

Deno.test("memory that loses a line is never a success, and nobody writes the table over it", async () => {
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

Deno.test("images that cannot be right are refused before a device is touched", () => {
  planRefuses((bytes) => bytes[4000] ^= 1, "bootloader", /does not describe bootloader\.bin/);
  planRefuses((bytes) => bytes[0x1FF0] ^= 1, "toc", /checksum/);
  planRefuses((bytes) => bytes[0x1200] ^= 1, "toc", /signature of its entry HP_BOOT is wrong/);
  planRefuses((bytes) => bytes[0x1F00] ^= 1, "toc", /DEVICE is not what its certificate vouches/);
  planRefuses((bytes) => bytes[4] ^= 1, "bootloader", /reset vector/);
  planRefuses((bytes) => bytes[9] = 1, "toc", /other data before its table/);
  planRefuses((bytes) => bytes[5] ^= 0xFF, "firmware-hp", /reset vector/);
  planRefuses((bytes) => bytes.set([1, 0x04, 0x02, 0x80], 4), "firmware-he", /other core/);
  planRefuses((bytes) => bytes[600] ^= 1, "system-ae", /vouches for/);
  planRefuses((bytes) => bytes[600] ^= 1, "system-le-sign", /vouch/);
  planRefuses((bytes) => bytes.fill(0), "romfs0", /zeros/);
});

Deno.test("any turned bit of an address or a length in the table's certificates is refused", () => {
  // Behind the signatures, where none covers them (alif-isp.md C.7, C.8).
  for (const certificate of [0x1110, 0x1480, 0x17F0, 0x1B60]) {
    for (let bit = 0; bit < 64; bit++) {
      const at = certificate + 860 + (bit >> 3);
      planRefuses((bytes) => bytes[at] ^= 1 << (bit & 7), "toc", /entry (HP|HE|DEVICE)|HP_BOOT/);
    }
  }
});

Deno.test("a table as app-gen-toc leaves it is padded, and the plan says what the file is", () => {
  const { bytes } = smallImages.get("toc")!;
  const role = "toc", name = "AppTocPackage.bin";
  const bare = loadImage(bytes.subarray(0x1110), { role, name, source: "test" });
  const { steps, images } = openmvAe3.plan("restore", ae3, withImages(smallImages, [bare]), {});
  assert.deepEqual(images.get("toc")!.bytes, bytes);
  const [target] = steps.find(({ id }) => id === "toc")!.targets!;
  assert.deepEqual([target.length, target.file?.bytes], [8_192, 3_824]);
});

Deno.test("a table for another part is refused when the chip has told its own", async () => {
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

Deno.test("flash writes the four images and leaves the table of contents alone", async () => {
  const run = new AeTrial({ condition: "healthy" });
  run.camera.mram.load(0x8002_0100, new Uint8Array(64));
  run.camera.mram.load(0x8047_E100, new Uint8Array(64));
  const toc = run.camera.partition("TOC");
  proven(await run.run("flash", { eraseFilesystem: true }));
  assert.deepEqual(run.trial.changed, ["erase-filesystem", "firmware-hp", "romfs1"]);
  assert.ok(run.isRestored);
  assert.deepEqual(run.camera.partition("TOC"), toc);
  assert.deepEqual(run.camera.partition("RWFS", 4096), new Uint8Array(4096));
});

Deno.test("verify compares, read copies, both without writing", async () => {
  const run = start();
  proven(await run.run("verify"));
  const read = await run.run("read", { region: "toc" });
  assert.equal(read.error?.message, undefined);
  assert.deepEqual(read.outputs.get("toc"), run.camera.partition("TOC"));
});

/**
 * Adds a USB serial cable with the same chip as the camera's adapter, and returns what it receives.
 */
function addCable(run: AeTrial): Uint8Array[] {
  const { clock, bus, serial } = run.trial;
  const heard: Uint8Array[] = [];
  const line = new SerialLine({ clock });
  line.connect({ baudRate: 55_000, receive: (bytes) => heard.push(bytes) });
  const identity = { vendorId: 0x0403, productId: 0x6015, product: "cable", serial: "C4B1E" };
  bus.socket("1-5").attach(new BridgeModel(identity));
  serial.socket(() => "1-5").attach(identity, line);
  return heard;
}

Deno.test("a cable with the same chip is no camera: it gets no more than the question who it is", async () => {
  for (const traps of [{}, { mute: true }] as Traps[]) {
    const run = start(traps, "bricked");
    const heard = addCable(run);
    proven(await run.run("restore"));
    assert.ok(run.isRestored);
    const question = Uint8Array.of(3, 0, 0xFD);
    assert.ok(heard.length > 0 && heard.every((bytes) => bytes.toHex() === question.toHex()));
  }
});

Deno.test("flash with such a cable about finds the camera, running or not", async () => {
  for (const plugged of [false, true]) {
    const run = start();
    addCable(run);
    await run.trial.clock.run(async () => {
      if (!plugged) return;
      await run.camera.perform({ id: "plug", text: "" });
      await run.trial.clock.sleep(4_000);
    });
    proven(await run.run("flash"));
    assert.ok(run.isRestored);
  }
});

Deno.test("flash with the recovery switch left on says so", async () => {
  const run = new AeTrial({ condition: "healthy", traps: { switchOn: true } });
  await run.trial.clock.run(async () => {
    await run.camera.perform({ id: "plug", text: "" });
    await run.trial.clock.sleep(1_000);
  });
  proven(await run.run("flash"));
  const asked = run.trial.events.flatMap((event) => event.type === "hardware" ? event.actions : []);
  assert.ok(asked.some(({ id }) => id === "switch-off"));
});
