import { romfsModes, withOwnRomfs } from "../../tests/support/boards/own_romfs.ts";
import { partitionRegions } from "../../core/openmv_bootloader/backup.ts";
import { type Scenario, testRuns } from "../../tests/support/boards/run_table.ts";
import { testTables } from "../../tests/support/boards/tables.ts";
import { withEachTrap } from "../../tests/support/boards/trap_scenarios.ts";
import { soonAfterPlug } from "../../tests/support/boards/usual_scenarios.ts";
import { knowing } from "../../tests/support/faults/known_romfs.ts";
import { ae3 as board, partitions } from "./boards.ts";
import { openmvAe3 } from "./mod.ts";
import { factoryVersions, sampleImages } from "./samples.ts";

testTables(openmvAe3, import.meta.url, () => ({
  regions: partitionRegions(partitions),
  programs: { boot: "bootloader", toc: "toc", hp: "firmware-hp", he: "firmware-he" },
}));

const sizes = { bootloader: 4_224, hp: 4_224, he: 4_224, romfs1: 128, romfs0: 128, bank: 128 };
const images = sampleImages({ sizes });
const old = sampleImages({ sizes, versions: { ...factoryVersions, bootloader: "1.0.2" } });
const on = (
  condition: "bricked" | "blank" | "healthy",
  traps?: Record<string, boolean | number | string>,
) => ({
  ...{ board, images, camera: { condition, images: old, ...(traps && { traps }) } },
});
const now = { board, images, camera: { condition: "healthy", images }, holds: "the same" } as const;

const scenarios: readonly Scenario[] = [
  ...(["bricked", "blank", "healthy"] as const).flatMap((condition): Scenario[] => [
    { ...on(condition), job: "restore", options: knowing(images, old) },
    { ...on(condition), job: "restore", options: { eraseFilesystem: true } },
    { ...on(condition), job: "restore", options: { bootloaderOnly: true }, before: ["plug"] },
    { ...on(condition), job: "flash", before: ["plug"] },
  ]),
  ...([{}, { rewrite: true }] as const).flatMap((options): Scenario[] => [
    { ...now, job: "restore", options },
    { ...now, job: "flash", options, before: ["plug"] },
  ]),
  ...([[], ["plug"]] as const).flatMap((before): Scenario[] => [
    { ...now, job: "verify", before },
    { ...now, job: "read", before, options: { region: "romfs1" } },
    { ...now, job: "read", before, options: { address: 0x8001_FF00, length: 0x1200 } },
    { ...now, job: "check", before },
  ]),
  ...romfsModes.map((romfs): Scenario => ({
    ...{ board, images, job: "flash", options: { ...knowing(images, old), ...romfs } },
    ...{ camera: { condition: "healthy", images: withOwnRomfs(old) }, holds: "the user's" },
  })),
  ...soonAfterPlug([now, on("healthy")]),
  ...withEachTrap(openmvAe3, { ...on("bricked"), job: "restore" }, [
    ["lifeCycle", 7],
    ["part", "blank"],
    ["part", "AE302F80C1557LE"],
    ["lostLine", 0x8000_0100],
    ["lostLine", 0x8058_0000],
    ["forget", 500],
    ["adapterLatency", 16],
    ["switchForgotten", 1],
  ]),
  ...withEachTrap(openmvAe3, { ...on("healthy"), job: "flash", before: ["plug"] }, [
    ["unreadable", "hp"],
  ]),
  ...withEachTrap(openmvAe3, { ...now, job: "check", before: ["plug"] }),
];

testRuns(openmvAe3, scenarios, import.meta.url);
