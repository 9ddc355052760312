import assert from "node:assert/strict";
import { isKind } from "../../core/common/errors.ts";
import { FLASH_BASE } from "./boards.ts";
import { factoryVersions, sampleImages } from "./samples.ts";
import { Bench, imagesWith } from "../../tests/support/boards/openmv_n6.ts";

Deno.test("flash writes firmware and ROMFS by alternate name and leaves the rest", async () => {
  const bench = new Bench({ condition: "healthy" });
  const before = ["BOOTLOADER", "FILESYSTEM"].map((name) => bench.region(name).toHex());
  const result = await bench.run("flash");
  assert.equal(result.outcome, "proven");
  assert.ok(bench.holds("firmware") && bench.holds("romfs0"));
  assert.deepEqual(["BOOTLOADER", "FILESYSTEM"].map((name) => bench.region(name).toHex()), before);
  assert.deepEqual([...bench.watch.used].toSorted(), ["BOOTLOADER", "FIRMWARE", "ROMFS0"]);
});

Deno.test("a running camera is flashed without hands", async () => {
  const bench = new Bench({ condition: "healthy" });
  await bench.clock.run(async () => {
    await bench.camera.perform({ id: "plug", text: "" });
    await bench.clock.sleep(5_000);
  });
  assert.equal((await bench.run("flash")).outcome, "proven");
  assert.ok(bench.holds("firmware") && bench.holds("romfs0"));
  assert.ok(!bench.trial.events.some(({ type }) => type === "hardware"));
});

Deno.test("flash erases the file system when asked to", async () => {
  const bench = new Bench({ condition: "healthy" });
  assert.equal((await bench.run("flash", { eraseFilesystem: true })).outcome, "proven");
  assert.ok(bench.region("FILESYSTEM").subarray(0, 4096).every((byte) => byte === 0));
});

Deno.test("read hands over each partition, a region, or a range", async () => {
  const bench = new Bench({ condition: "healthy", images: sampleImages() });
  const region = await bench.run("read", { region: "bootloader" });
  assert.deepEqual([...region.outputs.keys()], ["bootloader"]);
  assert.deepEqual(region.outputs.get("bootloader"), bench.region("BOOTLOADER"));
  const range = await bench.run("read", { address: FLASH_BASE + 0x7_FF00, length: 0x200 });
  const [bytes] = range.outputs.values();
  assert.deepEqual(bytes, bench.camera.flash.read(FLASH_BASE + 0x7_FF00, 0x200));
  await assert.rejects(
    bench.run("read", { region: "otp" }),
    (error) =>
      isKind(error, "usage") && /bootloader, firmware, filesystem, romfs0/.test(error.message),
  );
  await assert.rejects(
    bench.run("read", { address: 0, length: 4 }),
    (error) => isKind(error, "usage"),
  );
});

Deno.test("verify compares everything and writes nothing", async () => {
  const bench = new Bench({ condition: "healthy", images: sampleImages() });
  const good = await bench.run("verify");
  assert.equal(good.outcome, "proven");
  assert.equal(good.proofs.length, 3);
  const other = await bench.run("verify", { images: sampleImages(factoryVersions) });
  assert.equal(other.error?.kind, "verify-failed");
  assert.equal(bench.camera.busyMs, 0);
  const nothing = { bootloader: undefined, firmware: undefined, romfs0: undefined };
  await assert.rejects(
    bench.run("verify", { images: imagesWith(nothing) }),
    (error) => isKind(error, "not-found"),
  );
});
