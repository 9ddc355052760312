import assert from "node:assert/strict";
import { decodeBackup, type Region } from "../../image/backup.ts";
import type { RunEvent } from "../../plan/events.ts";
import type { UnitId } from "../../device/unit_id.ts";
import { MemoryDisk } from "../../../tests/support/faults/memory_disk.ts";
import { BackupFolder } from "./backup_folder.ts";

/** What a run finds of the backup that an interrupted one had begun. */

const files: Region = { name: "files", memory: "flash", address: 0x100, size: 4 };
const romfs: Region = { name: "romfs", memory: "flash", address: 0x200, size: 4 };
const mine = Uint8Array.of(1, 2, 3, 4), other = Uint8Array.of(9, 9, 9, 9);
const unit: UnitId = { id: "2d003a", mode: "bootloader" };

const started = {
  type: "run-started",
  board: { id: "openmv-h7", name: "OpenMV Cam H7" },
  simulated: false,
} as RunEvent;
const changing = { type: "changing", step: "firmware", what: "firmware", at: 0 } as RunEvent;

/** A new process on the same disk. */
function opened(disk: MemoryDisk, { simulate = false } = {}): BackupFolder {
  const folder = new BackupFolder("b.zip", { version: "1.0.0", now: () => new Date(0), disk })
    .open({ simulate });
  folder.event({ ...started, simulated: simulate } as RunEvent);
  folder.identify([unit]);
  return folder;
}

/** Saves the files; the run may then begin to write, and is killed. */
function interrupted(begins: boolean): MemoryDisk {
  const disk = new MemoryDisk();
  const folder = opened(disk);
  folder.keep(files, mine);
  folder.save(files, mine);
  if (begins) folder.event(changing);
  return disk;
}

Deno.test("before the first write, what was read counts as one of two readings", () => {
  const folder = opened(interrupted(false));
  assert.equal(folder.isSaved(files), false);
  assert.equal(folder.interrupted, undefined);
  assert.deepEqual(folder.earlier(files), mine);
  assert.equal(folder.isContinued, true);
});

Deno.test("after the first write, what was saved is final, and whose it is stays known", () => {
  const folder = opened(interrupted(true));
  assert.ok(folder.isSaved(files));
  assert.deepEqual(folder.interrupted?.camera, [unit]);
  assert.equal(folder.interrupted?.board, "openmv-h7");
  folder.keep(romfs, other);
  folder.save(romfs, other);
  folder.finish();
  assert.equal(folder.saved.length, 2);
});

Deno.test("a saved region that the disk has lost or changed is not taken for saved", () => {
  for (const bytes of [undefined, mine.subarray(1), other]) {
    const disk = interrupted(true);
    if (bytes) disk.putPart("files.bin", bytes);
    else disk.dropParts(["files.bin"]);
    assert.equal(opened(disk).isSaved(files), false);
  }
});

Deno.test("a region of another address or size is another region", () => {
  const folder = opened(interrupted(true));
  for (const change of [{ address: 0x104 }, { size: 8 }, { memory: "qspi" }]) {
    assert.equal(folder.isSaved({ ...files, ...change }), false);
  }
});

Deno.test("only a finished backup has its name; the folder stays until the run has ended well", () => {
  const disk = new MemoryDisk();
  const folder = opened(disk);
  folder.keep(files, mine);
  folder.save(files, mine);
  assert.equal(disk.zip(), undefined);
  folder.miss(romfs, "It cannot be read.");
  assert.match(String(folder.finish()), /1 region, .*It does not contain romfs\./);
  const { regions, missing, camera, board } = decodeBackup(disk.zip()!, "b.zip");
  assert.deepEqual(regions.map(({ name, bytes }) => [name, bytes]), [["files", mine]]);
  assert.deepEqual([missing.map(({ name }) => name), camera, board.id], [
    ["romfs"],
    [unit],
    "openmv-h7",
  ]);
  assert.ok(disk.hasFolder());
  folder.end({});
  assert.ok(!disk.hasFolder());
});

Deno.test("nothing saved: no backup", () => {
  const disk = new MemoryDisk();
  assert.match(String(opened(disk).finish()), /there is no backup/);
  assert.equal(disk.zip(), undefined);
});

Deno.test("a finished zip is refused as a new name, and taken over by the run that continues", () => {
  const disk = new MemoryDisk();
  const first = opened(disk);
  first.keep(files, mine);
  first.save(files, mine);
  first.finish();
  first.event(changing);
  assert.ok(opened(disk).isSaved(files), "the same command continues");
  first.end({});
  assert.throws(() => opened(disk));
});

Deno.test("a zip with something that the new one has not is set aside, not replaced", () => {
  const disk = interrupted(true);
  const first = opened(disk);
  first.finish();
  const whole = disk.zip()!;
  disk.putPart(
    "run.json",
    new TextEncoder().encode(JSON.stringify({
      at: new Date(0).toISOString(),
      board: "openmv-h7",
      simulated: false,
      isWriting: false,
      camera: [],
      saved: [],
    })),
  );
  const second = opened(disk);
  second.keep(romfs, other);
  second.save(romfs, other);
  second.finish();
  assert.deepEqual(disk.aside, [whole]);
});

Deno.test("a backup of a simulated camera is never continued on a real one", () => {
  const disk = interrupted(true);
  assert.throws(() => opened(disk, { simulate: true }), /another camera/);
});

Deno.test("a damaged note is refused, never taken for none", () => {
  const disk = interrupted(true);
  disk.putPart("run.json", new TextEncoder().encode('{"isWriting":'));
  assert.throws(() => opened(disk), /run\.json is damaged/);
});
