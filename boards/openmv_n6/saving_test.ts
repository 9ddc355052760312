import assert from "node:assert/strict";
import { finished } from "../../tests/support/plan/backup_store.ts";
import { readSteps, saveBeforeFirmware, saveBeforeFlash } from "./read.ts";
import { sampleImages } from "./samples.ts";

/** What a backup saves before a restore or flash, and what a read job reads. */

Deno.test("a flash saves every region; a restore cannot save the bootloader, and says why", async () => {
  const names = ["bootloader", "firmware", "filesystem", "romfs0"];
  const flash = await finished(saveBeforeFlash);
  assert.deepEqual(flash.ids, [
    ...names.map((name) => `back-up-${name}`),
    ...["check-backup", "finish-backup"],
  ]);
  assert.deepEqual(flash.store.missing, []);
  const restore = await finished(saveBeforeFirmware);
  assert.deepEqual(restore.ids, [
    ...names.slice(1).map((name) => `back-up-${name}`),
    ...["check-rest-of-backup", "finish-backup"],
  ]);
  const [{ reason, name, memory, address, size }, ...others] = restore.store.missing;
  assert.deepEqual(others, []);
  assert.deepEqual([name, memory, address, size], ["bootloader", "xspi", 0x7000_0000, 0x8_0000]);
  assert.match(String(reason), /Neither the ROM nor OpenBootloader can read it/);
  assert.deepEqual([saveBeforeFlash({}), saveBeforeFirmware({})], [[], []]);
});

Deno.test("a read job reads every partition, or the whole flash, or a range of it", () => {
  const idsOf = (options: Parameters<typeof readSteps>[1]) =>
    readSteps(sampleImages(), options).map(({ id, weight }) =>
      `${id} ${Math.round(weight * 1000) / 1000}`
    );
  const around = (...steps: string[]) => ["reach 1500", ...steps, "leave 500"];
  // 8000 bytes in a millisecond.
  assert.deepEqual(
    idsOf({}),
    around(
      ...["read-bootloader 65.536", "read-firmware 458.752"],
      ...["read-filesystem 524.288", "read-romfs0 3145.728"],
    ),
  );
  assert.deepEqual(idsOf({ region: "flash" }), around("read-flash 4194.304"));
  assert.deepEqual(
    idsOf({ address: 0x7000_0000, length: 8_000 }),
    around("read-0x70000000 1"),
  );
  assert.throws(() => idsOf({ address: 0x71FF_FFFF, length: 2 }), { kind: "usage" });
});
