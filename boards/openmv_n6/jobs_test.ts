import assert from "node:assert/strict";
import { isKind } from "../../core/common/errors.ts";
import { FLASH_BASE } from "./boards.ts";
import { factoryVersions, sampleImages } from "./samples.ts";
import { imagesWith, N6Trial } from "../../tests/support/boards/openmv_n6.ts";

Deno.test("flash writes firmware and ROMFS by alternate name and leaves the rest", async () => {
  const n6 = new N6Trial({ condition: "healthy" });
  const before = ["BOOTLOADER", "FILESYSTEM"].map((name) => n6.region(name).toHex());
  const result = await n6.run("flash");
  assert.equal(result.outcome, "proven");
  assert.ok(n6.holds("firmware") && n6.holds("romfs0"));
  assert.deepEqual(
    ["BOOTLOADER", "FILESYSTEM"].map((name) => n6.region(name).toHex()),
    before,
  );
  assert.deepEqual([...n6.watch.used].toSorted(), ["BOOTLOADER", "FIRMWARE", "ROMFS0"]);
});

Deno.test("a running camera is flashed without hands", async () => {
  const n6 = new N6Trial({ condition: "healthy" });
  await n6.clock.run(async () => {
    await n6.camera.perform({ id: "plug", text: "" });
    await n6.clock.sleep(5_000);
  });
  assert.equal((await n6.run("flash")).outcome, "proven");
  assert.ok(n6.holds("firmware") && n6.holds("romfs0"));
  assert.ok(!n6.trial.events.some(({ type }) => type === "hardware"));
});

Deno.test("flash erases the file system when asked to", async () => {
  const n6 = new N6Trial({ condition: "healthy" });
  assert.equal((await n6.run("flash", { eraseFilesystem: true })).outcome, "proven");
  assert.ok(n6.region("FILESYSTEM").subarray(0, 4096).every((byte) => byte === 0));
});

Deno.test("read hands over each partition, a region, or a range", async () => {
  const n6 = new N6Trial({ condition: "healthy", images: sampleImages() });
  const region = await n6.run("read", { region: "bootloader" });
  assert.deepEqual([...region.outputs.keys()], ["bootloader"]);
  assert.deepEqual(region.outputs.get("bootloader"), n6.region("BOOTLOADER"));
  const range = await n6.run("read", { address: FLASH_BASE + 0x7_FF00, length: 0x200 });
  const [bytes] = range.outputs.values();
  assert.deepEqual(bytes, n6.camera.flash.read(FLASH_BASE + 0x7_FF00, 0x200));
  await assert.rejects(
    n6.run("read", { region: "otp" }),
    (error) =>
      isKind(error, "usage") && /bootloader, firmware, filesystem, romfs0/.test(error.message),
  );
  await assert.rejects(
    n6.run("read", { address: 0, length: 4 }),
    (error) => isKind(error, "usage"),
  );
});

Deno.test("verify compares everything and writes nothing", async () => {
  const n6 = new N6Trial({ condition: "healthy", images: sampleImages() });
  const good = await n6.run("verify");
  assert.equal(good.outcome, "proven");
  assert.equal(good.proofs.length, 3);
  const other = await n6.run("verify", { images: sampleImages(factoryVersions) });
  assert.equal(other.error?.kind, "verify-failed");
  assert.equal(n6.camera.busyMs, 0);
  const nothing = { bootloader: undefined, firmware: undefined, romfs0: undefined };
  await assert.rejects(
    n6.run("verify", { images: imagesWith(nothing) }),
    (error) => isKind(error, "not-found"),
  );
});
