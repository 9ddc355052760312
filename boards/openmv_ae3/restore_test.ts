import assert from "node:assert/strict";
import { CHAIN_SIZE } from "../../core/protocols/alif_isp/packets/certificate_chain.ts";
import { Nak } from "../../core/protocols/alif_isp/packets/error_code.ts";
import { SYSTEM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { readStoc } from "../../core/protocols/alif_isp/packets/stoc.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import type { Proof } from "../../core/plan/proof.ts";
import { SerialLine } from "../../core/transport/serial/line.ts";
import { BridgeModel } from "./bridge.ts";
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

Deno.test("bootloader gone: it is written and proven, the rest is compared", async () => {
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

Deno.test("table gone: it is written last", async () => {
  const run = start({ tableGone: true }, "bricked");
  proven(await run.run("restore"));
  assert.deepEqual(run.trial.changed, ["bootloader", "toc"]);
  assert.ok(run.isRestored);
  const alone = start({ tableGone: true });
  proven(await alone.run("restore"));
  assert.deepEqual(alone.trial.changed, ["toc"]);
});

Deno.test("old package: it is renewed before the bootloader", async () => {
  for (const variant of ["AE", "LE"]) {
    const run = start({ oldPackage: true, variant }, "bricked");
    proven(await run.run("restore"));
    assert.deepEqual(run.trial.changed, ["system-package", "bootloader", "toc"]);
    const { bytes } = smallImages.get(`system-${variant.toLowerCase()}`)!;
    assert.deepEqual(run.camera.mram.read(SYSTEM_BASE, bytes.length), bytes);
    assert.ok(run.isRestored);
  }
});

Deno.test("dead enclave: the chip's ROM restores its firmware", async () => {
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

Deno.test("if the ROM lost a line of the second copy, SES finds it when it checks everything", async () => {
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

Deno.test("a package that is incomplete in its second copy is written again, although the first one runs", async () => {
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

Deno.test("a mute enclave, one that prints and one with a spinner are all reached", async () => {
  for (const traps of [{ mute: true }, { chatter: true }, { spinner: false }] as Traps[]) {
    const run = start(traps);
    proven(await run.run("restore"));
    assert.ok(run.isRestored, JSON.stringify(traps));
  }
});

Deno.test("an adapter that delays bytes by 16 ms, and a rate that does not change, cost only time", async () => {
  for (const traps of [{ adapterLatency: 16 }, { baudStuck: true }, { forget: 500 }] as Traps[]) {
    const run = start(traps, "bricked");
    proven(await run.run("restore"));
    assert.ok(run.isRestored, JSON.stringify(traps));
  }
});

Deno.test("if memory may not be read, the new bootloader gives the proof", async () => {
  const run = start({ noReadBack: true }, "bricked");
  const result = await run.run("restore");
  proven(result);
  // Nobody can see whether the package is complete, so it is written again too.
  assert.deepEqual(run.trial.changed, ["system-package", "bootloader", "toc"]);
  const proof = result.proofs.find(({ others }) => others)!;
  assert.deepEqual(
    [proof.sha256, proof.others?.[0].sha256],
    ["bootloader", "toc"].map((role) => smallImages.get(role)?.sha256),
  );
  assert.match(String(proof.claim), /The new bootloader is running/);
});

Deno.test("a camera that shows its adapter with the switch off: the switch is turned on before the power is cut", async () => {
  const run = start({ noReadBack: true, tableGone: true });
  await run.camera.perform({ id: "plug", text: "" });
  await run.trial.clock.run(() => run.trial.clock.sleep(1_000));
  // An earlier run wrote the table and was interrupted: at power-on the camera would start.
  run.camera.mram.load(0x8057_E000, smallImages.get("toc")!.bytes);
  proven(await run.run("restore"));
  assert.equal(run.trial.changed[0], "system-package");
  assert.ok(run.isRestored);
});

Deno.test("a camera that starts because its enclave is back, with the switch off: the switch is asked for, and the run continues", async () => {
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

Deno.test("bootloader only: the firmware is not changed", async () => {
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

Deno.test("flash writes the four images and does not change the table of contents", async () => {
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

Deno.test("verify compares, read copies; neither writes", async () => {
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

Deno.test("a cable with the same chip is not a camera: it receives only the request for its id", async () => {
  for (const traps of [{}, { mute: true }] as Traps[]) {
    const run = start(traps, "bricked");
    const heard = addCable(run);
    proven(await run.run("restore"));
    assert.ok(run.isRestored);
    const question = Uint8Array.of(3, 0, 0xFD);
    assert.ok(heard.length > 0 && heard.every((bytes) => bytes.toHex() === question.toHex()));
  }
});

Deno.test("flash with such a cable connected finds the camera, running or not", async () => {
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
