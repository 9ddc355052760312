import assert from "node:assert/strict";
import { finished } from "../../tests/support/plan/backup_store.ts";
import { AeTrial } from "../../tests/support/boards/openmv_ae3_rig.ts";
import { resetMemoryStep } from "./everspin.ts";
import { firmwarePartitions } from "./firmware_steps.ts";
import { readSteps } from "./read.ts";
import { sampleImages } from "./samples.ts";
import { saveBeforeFirmware, saveBeforeFlash } from "./saving.ts";

/** What a backup saves before a restore or flash, and what a read job reads. */

Deno.test("a flash saves every region; a restore cannot save what the enclave replaces, and says why", async () => {
  const names = ["boot", "hp", "he", "romfs1", "toc", "rwfs", "romfs0"];
  const flash = await finished(saveBeforeFlash);
  assert.deepEqual(flash.ids, [
    ...names.map((name) => `back-up-${name}`),
    ...["check-backup", "finish-backup"],
  ]);
  assert.deepEqual(flash.store.missing, []);
  const restore = await finished(saveBeforeFirmware);
  assert.deepEqual(restore.ids, [
    ...["hp", "he", "romfs1", "rwfs", "romfs0"].map((name) => `back-up-${name}`),
    ...["check-rest-of-backup", "finish-backup"],
  ]);
  assert.deepEqual(
    restore.store.missing.map(({ name, memory, address, size }) => [name, memory, address, size]),
    [["boot", "mram", 0x8000_0000, 0x2_0000], ["toc", "mram", 0x8057_E000, 0x2000]],
  );
  for (const { reason } of restore.store.missing) {
    assert.match(String(reason), /Secure Enclave cannot read it/);
  }
  assert.deepEqual([saveBeforeFlash({}), saveBeforeFirmware({})], [[], []]);
});

Deno.test("a read job reads every partition, or the application's MRAM", () => {
  const idsOf = (options: Parameters<typeof readSteps>[1]) =>
    readSteps(sampleImages(), options).map(({ id, weight }) =>
      `${id} ${Math.round(weight * 1000) / 1000}`
    );
  const around = (...steps: string[]) => ["enter-bootloader 1500", ...steps, "leave 500"];
  // 8000 bytes in a millisecond.
  assert.deepEqual(
    idsOf({}),
    around(
      ...["read-boot 16.384", "read-hp 393.216", "read-he 179.2", "read-romfs1 131.072"],
      ...["read-toc 1.024", "read-rwfs 1048.576", "read-romfs0 3145.728"],
    ),
  );
  assert.deepEqual(idsOf({ region: "mram" }), around("read-mram 720.896"));
});

Deno.test("an address from 0x80000000 on is in MRAM, one below in the flash beside the chip", async () => {
  const run = new AeTrial({ condition: "healthy" });
  for (const [address, memory] of [[0x8000_0000, "mram"], [0x0080_0000, "ospi"]] as const) {
    const { outputs, error } = await run.run("read", { address, length: 32 });
    assert.equal(error?.message, undefined);
    assert.deepEqual([...outputs.values()], [run.camera.memories.get(memory)!.read(address, 32)]);
  }
  for (const [address, length] of [[0x8058_0000, 16], [0x0200_0000, 16], [0x7FFF_FFFF, 2]]) {
    await assert.rejects(run.run("read", { address, length }), { kind: "usage" });
  }
});

Deno.test("the key needs its own partition, besides those of the images", () => {
  const needs = (options: Parameters<typeof firmwarePartitions>[1]) =>
    firmwarePartitions(sampleImages(), options);
  const written = ["HP", "HE", "ROMFS1", "ROMFS0"];
  assert.deepEqual(needs({}), written);
  assert.deepEqual(needs({ allow: ["everspin-reset"] }), [...written, "RECOVERY"]);
  assert.deepEqual(needs({ allow: ["unmarked-image"] }), written);
});

Deno.test("the Everspin key may erase the file system and the ROMFS, whole", () => {
  const targets = resetMemoryStep(undefined).targets!
    .map(({ region, address, length }) => [String(region), address, length]);
  assert.deepEqual(targets, [
    ["file system", 0, 0x80_0000],
    ["M55-HP ROMFS", 0x80_0000, 0x180_0000],
  ]);
});
