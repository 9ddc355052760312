import assert from "node:assert/strict";
import { isKind } from "../../core/common/errors.ts";
import { board, FLASH_BASE } from "./boards.ts";
import { openmvN6 } from "./mod.ts";
import { factoryVersions, sampleImages } from "./samples.ts";
import { hidePartition } from "../../tests/support/boards/hidden_partition.ts";
import { imagesWith, StepContext } from "../../tests/support/boards/openmv_n6_rig.ts";

Deno.test("flash writes firmware and ROMFS by alternate name and changes nothing else", async () => {
  const context = new StepContext({ condition: "healthy" });
  const before = ["BOOTLOADER", "FILESYSTEM"].map((name) => context.region(name).toHex());
  const result = await context.run("flash");
  assert.equal(result.outcome, "proven");
  assert.ok(context.holds("firmware") && context.holds("romfs0"));
  assert.deepEqual(
    ["BOOTLOADER", "FILESYSTEM"].map((name) => context.region(name).toHex()),
    before,
  );
  assert.deepEqual([...context.watch.used].toSorted(), ["BOOTLOADER", "FIRMWARE", "ROMFS0"]);
});

Deno.test("a running camera is flashed without steps by hand", async () => {
  const context = new StepContext({ condition: "healthy" });
  await context.clock.run(async () => {
    await context.camera.perform({ id: "plug", text: "" });
    await context.clock.sleep(5_000);
  });
  assert.equal((await context.run("flash")).outcome, "proven");
  assert.ok(context.holds("firmware") && context.holds("romfs0"));
  assert.ok(!context.trial.events.some(({ type }) => type === "hardware"));
});

Deno.test("flash erases the file system when asked to", async () => {
  const context = new StepContext({ condition: "healthy" });
  assert.equal((await context.run("flash", { eraseFilesystem: true })).outcome, "proven");
  assert.ok(context.region("FILESYSTEM").subarray(0, 4096).every((byte) => byte === 0));
});

Deno.test("read returns each partition, a region, or a range", async () => {
  const context = new StepContext({ condition: "healthy", images: sampleImages() });
  const region = await context.run("read", { region: "bootloader" });
  assert.deepEqual([...region.outputs.keys()], ["bootloader"]);
  assert.deepEqual(region.outputs.get("bootloader"), context.region("BOOTLOADER"));
  const range = await context.run("read", { address: FLASH_BASE + 0x7_FF00, length: 0x200 });
  const [bytes] = range.outputs.values();
  assert.deepEqual(bytes, context.camera.flash.read(FLASH_BASE + 0x7_FF00, 0x200));
  await assert.rejects(
    context.run("read", { region: "otp" }),
    (error) =>
      isKind(error, "usage") && /bootloader, firmware, filesystem, romfs0/.test(error.message),
  );
  await assert.rejects(
    context.run("read", { address: 0, length: 4 }),
    (error) => isKind(error, "usage"),
  );
});

Deno.test("verify compares everything and writes nothing", async () => {
  const context = new StepContext({ condition: "healthy", images: sampleImages() });
  const good = await context.run("verify");
  assert.equal(good.outcome, "proven");
  assert.equal(good.proofs.length, 3);
  const other = await context.run("verify", { images: sampleImages(factoryVersions) });
  assert.equal(other.error?.kind, "verify-failed");
  assert.equal(context.camera.busyMs, 0);
  const nothing = { bootloader: undefined, firmware: undefined, romfs0: undefined };
  await assert.rejects(
    context.run("verify", { images: imagesWith(nothing) }),
    (error) => isKind(error, "not-found"),
  );
});

Deno.test("a flash needs the firmware, and nothing else", () => {
  const without = (...roles: string[]) => () =>
    openmvN6.plan(
      "flash",
      board,
      imagesWith(Object.fromEntries(roles.map((role) => [role, undefined]))),
      {},
    );
  assert.throws(without("firmware"), { kind: "not-found" });
  without("romfs0", "bootloader", "fsbl", "external-loader", "flash-layout")();
});

/** Plugs the camera in, and waits until its bootloader is there. */
async function inBootloader({ clock, camera }: StepContext): Promise<void> {
  await clock.run(async () => {
    await camera.perform({ id: "plug", text: "" });
    await clock.sleep(300);
  });
}

Deno.test("a bootloader without a partition that the job writes is refused before anything is written", async () => {
  for (const job of ["flash", "restore"] as const) {
    const context = new StepContext({ condition: "healthy", images: sampleImages() });
    context.camera.flash.load(FLASH_BASE + 0x8_4000, new Uint8Array(64));
    hidePartition(context.trial.bus, "FIRMWARE");
    await inBootloader(context);
    const { error } = await context.run(job);
    assert.equal(error?.kind, "wrong-board");
    assert.equal(error?.data.partition, "FIRMWARE");
    assert.deepEqual(context.trial.changed, []);
  }
});

Deno.test("a right bootloader is written again only if asked to", async () => {
  for (const rewrite of [undefined, true]) {
    const context = new StepContext({ condition: "healthy", images: sampleImages() });
    await inBootloader(context);
    const options = { bootloaderOnly: true, ...(rewrite && { rewrite }) };
    assert.equal((await context.run("restore", options)).outcome, "proven");
    assert.deepEqual(context.trial.changed, rewrite ? ["bootloader"] : []);
  }
});
