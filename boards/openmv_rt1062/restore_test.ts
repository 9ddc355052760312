import assert from "node:assert/strict";
import type { JobOptions, SimulationOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import type { RunResult } from "../../core/plan/engine.ts";
import { agreeingOperator, Trial } from "../../tests/support/plan/plan_rig.ts";
import { CameraModel } from "./camera_model.ts";
import { flexspiConfigAt } from "../../core/protocols/mboot/packets/flexspi_config.ts";
import { FLASH_BASE, regions } from "./memory_map.ts";
import { openmvRt1062 } from "./mod.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { rt1062 } from "./boards.ts";
import { flashloader } from "./loader.ts";
import { sampleImages } from "./samples.ts";
import { genuineFiles } from "../../tests/support/images/genuine_files.ts";

const genuine = genuineFiles("rt1062");

function setUp(options: Partial<SimulationOptions> = {}) {
  const trial = new Trial([openmvRt1062]);
  const { clock, bus } = trial;
  return { trial, camera: new CameraModel({ clock, socket: bus.socket("1-1"), ...options }) };
}

type SetUp = ReturnType<typeof setUp>;

function restore(
  { trial, camera }: SetUp,
  options: JobOptions = {},
  images: BoardImages = sampleImages(),
): Promise<RunResult> {
  const plan = openmvRt1062.plan("restore", rt1062, images, options);
  return trial.clock.run(() => trial.run(plan, camera));
}

function flash(
  { trial, camera }: SetUp,
  options: JobOptions = {},
  images: BoardImages = sampleImages(),
): Promise<RunResult> {
  const plan = openmvRt1062.plan("flash", rt1062, images, options);
  return trial.clock.run(() => trial.run(plan, camera));
}

function held(camera: CameraModel, role: "bootloader" | "firmware" | "romfs0"): boolean {
  const { bytes } = sampleImages().get(role)!;
  const found = camera.chip.flash.read(regions[role].start, bytes.length);
  return found.every((byte, at) => byte === bytes[at]);
}

const without = (...roles: string[]) =>
  boardImages("the test", sampleImages().all.filter(({ role }) => !roles.includes(role)));

const fuse6 = (camera: CameraModel) => camera.chip.fuses.read(6);

for (const condition of ["bricked", "blank", "healthy"] as const) {
  for (const speed of ["high", "full"]) {
    Deno.test(`a ${condition} camera is restored at ${speed} speed and starts`, async () => {
      const it = setUp({ condition, traps: { speed } });
      const result = await restore(it);
      assert.equal(result.error?.message, undefined);
      assert.equal(result.outcome, "proven");
      assert.ok(held(it.camera, "bootloader") && held(it.camera, "firmware"));
      assert.ok(held(it.camera, "romfs0"));
      assert.ok(flexspiConfigAt(it.camera.chip.flash.read(FLASH_BASE, 512)));
      assert.equal(fuse6(it.camera), 0x10);
      assert.equal(it.camera.chip.fuses.burns.length, condition === "blank" ? 1 : 0);
      assert.deepEqual(
        result.proofs.map(({ evidence }) => evidence),
        ["read-back", "read-back", "read-back", "read-back", "fuse", "alive"],
      );
    });
  }
}

Deno.test("a new camera without a jumper needs no steps by hand", async () => {
  const it = setUp({ condition: "blank" });
  await it.trial.clock.run(async () => {
    await it.camera.perform({ id: "plug", text: "" });
    await it.trial.clock.sleep(1_000);
  });
  const result = await restore(it);
  assert.equal(result.outcome, "proven");
  assert.deepEqual(it.trial.events.filter(({ type }) => type === "hardware"), []);
});

Deno.test("a second restore finds everything done and writes nothing", async () => {
  const it = setUp({ condition: "blank" });
  await restore(it);
  const before = { ...it.camera.chip.flash.counters };
  const result = await restore(it);
  assert.equal(result.outcome, "proven");
  assert.deepEqual(it.trial.changed, []);
  assert.deepEqual(it.camera.chip.flash.counters, before);
  assert.equal(it.camera.chip.fuses.burns.length, 1);
});

Deno.test("without the consent, everything but the fuse is done and proven", async () => {
  const it = setUp({ condition: "blank" });
  const plan = openmvRt1062.plan("restore", rt1062, sampleImages(), {});
  const refusing = {
    ...agreeingOperator(it.camera),
    consent: ({ id }: { id: string }) => Promise.resolve(id !== "boot-source"),
  };
  const result = await it.trial.clock.run(() =>
    it.trial.run(plan, it.camera, { operator: refusing })
  );
  assert.equal(result.error?.kind, "consent-needed");
  assert.equal(result.error?.exitCode, 16);
  assert.equal(result.error?.data.consent, "boot-source");
  assert.equal(result.outcome, "incomplete");
  assert.equal(fuse6(it.camera), 0);
  assert.ok(held(it.camera, "bootloader") && held(it.camera, "firmware"));
  assert.equal(result.proofs.filter(({ evidence }) => evidence === "read-back").length, 4);
  // The rerun with the consent only has to burn the fuse.
  const again = await restore(it);
  assert.equal(again.outcome, "proven");
  assert.deepEqual(it.trial.changed, ["boot-source"]);
  assert.equal(fuse6(it.camera), 0x10);
});

Deno.test("the consent is asked for only if the fuse is not burnt yet", async () => {
  for (const condition of ["blank", "bricked"] as const) {
    const it = setUp({ condition });
    await restore(it);
    const asked = it.trial.events.flatMap((event) => event.type === "consent" ? [event.id] : []);
    assert.deepEqual(asked, condition === "blank" ? ["write", "boot-source"] : ["write"]);
  }
});

Deno.test("bootloader only: the present firmware is kept and starts", async () => {
  const it = setUp();
  const before = it.camera.chip.flash.read(regions.firmware.start, regions.firmware.size);
  const result = await restore(it, { bootloaderOnly: true });
  assert.equal(result.error?.message, undefined);
  assert.equal(result.outcome, "proven");
  assert.match(String(result.proofs.at(-1)!.claim), /own bootloader started/);
  assert.deepEqual(
    it.camera.chip.flash.read(regions.firmware.start, regions.firmware.size),
    before,
  );
});

Deno.test("a bootloader without any firmware in the camera or the images is refused", async () => {
  const it = setUp({ condition: "blank" });
  const result = await restore(it, {}, without("firmware"));
  assert.equal(result.error?.kind, "not-found");
  assert.equal(result.outcome, "unchanged");
  assert.equal(it.camera.chip.flash.counters.erases, 0);
});

Deno.test("the user's file system is erased only on request", async () => {
  const { start } = regions.filesystem;
  const it = setUp();
  await restore(it);
  assert.ok(!it.camera.chip.flash.isBlank(start, 4096));
  const result = await restore(it, { eraseFilesystem: true });
  assert.equal(result.outcome, "proven");
  assert.ok(it.camera.chip.flash.isBlank(start, 4096));
});

const refusals: readonly (readonly [string, SimulationOptions["traps"], string])[] = [
  ["a closed chip", { closed: true }, "protected"],
  ["FORCE_INTERNAL_BOOT", { fuse6: 0x10010 }, "protected"],
  ["another boot device", { fuse5: 0x20 }, "wrong-board"],
  ["an unexpected bit beside an unburnt boot source", { fuse6: 0x4 }, "protected"],
  ["locked boot fuses", { fuse6: 0, fuse0: 0x4 }, "protected"],
];
for (const [what, traps, kind] of refusals) {
  Deno.test(`refused before any write: ${what}`, async () => {
    const it = setUp({ condition: "bricked", traps });
    const result = await restore(it);
    assert.equal(result.error?.kind, kind);
    assert.equal(result.outcome, "unchanged");
    assert.equal(it.camera.chip.flash.counters.erases, 0);
    assert.equal(it.camera.chip.flash.counters.programs, 0);
    assert.equal(it.camera.chip.fuses.burns.length, 0);
  });
}

Deno.test("a fuse that cannot be burnt is reported after everything else is done", async () => {
  const it = setUp({ condition: "blank", traps: { fuseLocked: true } });
  const result = await restore(it);
  assert.equal(result.error?.kind, "device-status");
  assert.equal(result.error?.data.status, 20_201);
  assert.ok(held(it.camera, "bootloader") && held(it.camera, "firmware"));
});

Deno.test("flash through the camera's own bootloader needs no jumper", async () => {
  const it = setUp({ condition: "healthy" });
  await it.trial.clock.run(() => it.camera.perform({ id: "plug", text: "" }));
  const bootRegion = it.camera.chip.flash.read(FLASH_BASE, 0x40000);
  const result = await flash(it);
  assert.equal(result.error?.message, undefined);
  assert.equal(result.outcome, "proven");
  assert.ok(held(it.camera, "firmware") && held(it.camera, "romfs0"));
  assert.deepEqual(it.camera.chip.flash.read(FLASH_BASE, 0x40000), bootRegion);
  const hardware = it.trial.events.flatMap((event) =>
    event.type === "hardware" ? event.actions.map(({ id }) => id) : []
  );
  assert.deepEqual(hardware, ["unplug", "plug"]);
  const again = await flash(it);
  assert.equal(again.outcome, "proven");
  assert.deepEqual(it.trial.changed, []);
});

Deno.test("a running camera is flashed without steps by hand", async () => {
  const it = setUp({ condition: "healthy", images: without("firmware") });
  it.camera.chip.flash.load(regions.firmware.start, sampleImages().get("firmware")!.bytes);
  await it.trial.clock.run(async () => {
    await it.camera.perform({ id: "plug", text: "" });
    await it.trial.clock.sleep(5_000);
  });
  const result = await flash(it);
  assert.equal(result.error?.message, undefined);
  assert.ok(held(it.camera, "romfs0"));
  assert.ok(!it.trial.events.some(({ type }) => type === "hardware"));
});

Deno.test("flash refuses the flashloader in RAM instead of the camera's own bootloader", async () => {
  const it = setUp({ condition: "blank" });
  // A refused fuse leaves the camera in the flashloader.
  const plan = openmvRt1062.plan("restore", rt1062, sampleImages(), {});
  const refusing = {
    ...agreeingOperator(it.camera),
    consent: ({ id }: { id: string }) => Promise.resolve(id === "write"),
  };
  await it.trial.clock.run(() => it.trial.run(plan, it.camera, { operator: refusing }));
  const result = await flash(it);
  assert.equal(result.error?.kind, "not-found");
  assert.equal(result.error?.data.loader, "flashloader");
  assert.equal(result.outcome, "unchanged");
});

Deno.test("restore refuses the camera's own bootloader instead of the flashloader", async () => {
  const it = setUp({ condition: "healthy" });
  const step = {
    id: "use",
    title: "Use the flashloader",
    weight: 1,
    effect: "none",
    run: (context: StepContext) => context.use(flashloader, async () => {}),
  } as const;
  const result = await it.trial.clock.run(async () => {
    await it.camera.perform({ id: "plug", text: "" });
    await it.trial.clock.sleep(500);
    return await it.trial.run({
      job: "restore",
      board: rt1062,
      steps: [step],
      images: boardImages("the test", []),
    }, it.camera);
  });
  assert.equal(result.error?.kind, "not-found");
  assert.equal(result.error?.data.loader, "sbl");
});

Deno.test("the firmware's vector sector is changed last", async () => {
  const it = setUp({ condition: "healthy" });
  const changedLast: number[] = [];
  const { flash: memory } = it.camera.chip;
  const erase = memory.erase.bind(memory);
  memory.erase = (address, length, part) => {
    changedLast.push(address);
    return erase(address, length, part);
  };
  await flash(it);
  assert.equal(changedLast.at(-1), regions.firmware.start + 0x2000);
  assert.equal(changedLast.filter((at) => at === regions.firmware.start + 0x2000).length, 1);
});

Deno.test("verify and read work through the bootloader, and through the ROM", async () => {
  for (const jumper of [false, true]) {
    const it = setUp({ condition: "healthy", images: sampleImages() });
    await it.trial.clock.run(async () => {
      if (jumper) await it.camera.perform({ id: "fit-jumper", text: "" });
      await it.camera.perform({ id: "plug", text: "" });
      await it.trial.clock.sleep(300);
    });
    const verify = openmvRt1062.plan("verify", rt1062, sampleImages(), {});
    const verified = await it.trial.clock.run(() => it.trial.run(verify, it.camera));
    assert.equal(verified.error?.message, undefined);
    assert.equal(verified.proofs.length, 3);
    it.camera.chip.flash.load(regions.firmware.start + 0x5000, Uint8Array.of(1, 2, 3));
    const differs = await it.trial.clock.run(() => it.trial.run(verify, it.camera));
    assert.equal(differs.error?.kind, "verify-failed");
    assert.equal(differs.error?.data.address, regions.firmware.start + 0x5000);
    const read = openmvRt1062.plan("read", rt1062, sampleImages(), { region: "bootloader" });
    const result = await it.trial.clock.run(() => it.trial.run(read, it.camera));
    const bytes = result.outputs.get("bootloader")!;
    assert.equal(bytes.length, regions.bootloader.size);
    assert.deepEqual(bytes, it.camera.chip.flash.read(regions.bootloader.start, bytes.length));
  }
});

Deno.test({
  name: "the real flashloader and SBL restore a blank camera",
  ignore: genuine.missing,
  fn: async () => {
    const file = (role: string, name: string) =>
      loadImage(genuine.read(name), { role, name, source: "the test" });
    const images = boardImages("the test", [
      file("flashloader", "sdphost_flash_loader.bin"),
      file("bootloader", "blhost_flash_loader.bin"),
      sampleImages().get("firmware")!,
    ]);
    const it = setUp({ condition: "blank" });
    const result = await restore(it, {}, images);
    assert.equal(result.error?.message, undefined);
    assert.equal(result.outcome, "proven");
    const { bytes } = images.get("bootloader")!;
    assert.deepEqual(it.camera.chip.flash.read(regions.bootloader.start, bytes.length), bytes);
  },
});
