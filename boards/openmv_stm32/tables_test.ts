import { romfsModes, withOwnRomfs } from "../../tests/support/boards/own_romfs.ts";
import { partitionRegions } from "../../core/openmv_bootloader/backup.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { type Scenario, testRuns } from "../../tests/support/boards/run_table.ts";
import { testTables } from "../../tests/support/boards/tables.ts";
import { withEachTrap } from "../../tests/support/boards/trap_scenarios.ts";
import { knowing } from "../../tests/support/faults/known_romfs.ts";
import { MemoryStore } from "../../tests/support/plan/backup_store.ts";
import { boards, type Stm32Board, stm32Board } from "./boards.ts";
import { openmvStm32 } from "./mod.ts";
import { bundledVersions, factoryVersions, makeImages } from "./samples.ts";

testTables(openmvStm32, import.meta.url, (board) => ({
  regions: partitionRegions(stm32Board(board).partitions),
  programs: { bootloader: "bootloader", firmware: "firmware" },
}));

const [m4, m7, h7, h7Plus] = boards;
const inRom = ["fit-jumper", "plug"] as const;

/** Jobs on a camera, with small images; the camera contains older ones. */
function runsOn(board: Stm32Board) {
  const sizes = [board === m4 ? 0x4400 : 0x1210, 0x2210, 0x1100] as const;
  const images = makeImages(board, bundledVersions, sizes);
  const old = makeImages(board, factoryVersions, sizes);
  const held = boardImages("old, then new", [...old.all, ...images.all]);
  const on = (condition: "bricked" | "blank" | "healthy", more: object = {}) => ({
    ...{ board, images, camera: { condition, images: held, ...more } },
  });
  const isNew = { condition: "healthy", images } as const;
  const now = { board, images, camera: isNew, holds: "the same" };
  const saved = { ...knowing(images, old), backup: new MemoryStore() };
  return { images, old, held, on, now, saved };
}

const ofM4 = runsOn(m4), ofM7 = runsOn(m7), ofH7 = runsOn(h7), ofPlus = runsOn(h7Plus);
const { saved } = ofM4;

const scenarios: readonly Scenario[] = [
  ...(["bricked", "blank", "healthy"] as const).flatMap((condition): Scenario[] => [
    { ...ofM4.on(condition), job: "restore", options: saved },
    { ...ofM7.on(condition), job: "restore", options: { eraseFilesystem: true } },
    { ...ofM7.on(condition), job: "restore", options: { bootloaderOnly: true }, before: inRom },
    { ...ofM7.on(condition), job: "flash", before: ["plug"] },
    { ...ofM7.on(condition), job: "flash", before: inRom },
    { ...ofM7.on(condition), job: "verify", before: inRom },
  ]),
  { ...ofH7.on("bricked"), job: "restore", options: { allow: ["unlock-erases-all"] } },
  { ...ofPlus.on("bricked"), job: "restore" },
  { ...ofPlus.on("healthy"), job: "flash", options: { eraseFilesystem: true } },
  { ...ofM4.on("healthy"), job: "flash", options: saved },
  ...([{}, { rewrite: true }] as const).flatMap((options): Scenario[] => [
    { ...ofM4.now, job: "restore", options },
    { ...ofM4.now, job: "restore", options, before: ["plug"] },
    { ...ofM4.now, job: "flash", options },
  ]),
  ...([[], ["plug"], inRom] as const).flatMap((before): Scenario[] => [
    { ...ofM4.now, job: "verify", before },
    { ...ofPlus.now, job: "verify", before },
    { ...ofM4.now, job: "read", before, options: { region: "firmware" } },
    { ...ofPlus.now, job: "read", before, options: { address: 0x0803_FF00, length: 0x1200 } },
    { ...ofM4.now, job: "backup", before, options: { backup: new MemoryStore() } },
    { ...ofM4.now, job: "check", before },
  ]),
  ...[ofM4, ofPlus].flatMap(({ images, old, held, on }) =>
    romfsModes.map((romfs): Scenario => ({
      ...on("healthy"),
      ...{ job: "flash", options: { ...knowing(images, old), ...romfs } },
      ...{ camera: { condition: "healthy", images: withOwnRomfs(held) }, holds: "the user's" },
    }))
  ),
  ...[ofH7.now, ofH7.on("healthy")].flatMap((camera): Scenario[] => [
    { ...camera, job: "restore", before: ["plug"], afterMs: 500 },
    { ...camera, job: "flash", before: ["plug"], afterMs: 500 },
    { ...camera, job: "verify", before: ["plug"], afterMs: 500 },
  ]),
  ...withEachTrap(openmvStm32, { ...ofH7.on("bricked"), job: "restore" }),
  ...withEachTrap(openmvStm32, { ...ofM4.on("bricked"), job: "restore" }, [
    ["unreadable", "filesystem"],
    ["unreadable", "firmware"],
    ["holds", "openmv-m7"],
  ]),
  ...withEachTrap(openmvStm32, { ...ofM4.on("healthy"), job: "flash", before: ["plug"] }),
  ...withEachTrap(openmvStm32, { ...ofM7.now, job: "check", before: ["plug"] }),
  { ...ofH7.on("bricked", { traps: { holds: "openmv-h7-plus" } }), job: "restore" },
];

testRuns(openmvStm32, scenarios, import.meta.url);
