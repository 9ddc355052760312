import { romfsModes, withOwnRomfs } from "../../tests/support/boards/own_romfs.ts";
import { regions } from "./memory_map.ts";
import { boardImages } from "../../core/image/board_images.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { loadImage } from "../../core/image/load.ts";
import { sampleRomfs } from "../../core/image/sample.ts";
import { type Scenario, testRuns } from "../../tests/support/boards/run_table.ts";
import { testTables } from "../../tests/support/boards/tables.ts";
import { withEachTrap } from "../../tests/support/boards/trap_scenarios.ts";
import {
  soonAfterPlug,
  writesInEachCondition,
} from "../../tests/support/boards/usual_scenarios.ts";
import { knowing } from "../../tests/support/faults/known_romfs.ts";
import { rt1062 as board } from "./boards.ts";
import { openmvRt1062 } from "./mod.ts";
import { sampleBootloader, sampleFirmware, sampleFlashloader } from "./samples.ts";

testTables(openmvRt1062, import.meta.url, () => ({
  regions: Object.values(regions).map(({ name, start, size }) => ({
    ...{ name, memory: "flash", address: start, size },
  })),
  programs: { bootloader: "bootloader", firmware: "firmware" },
}));

function smallImages(version: string): BoardImages {
  const image = (role: string, bytes: Uint8Array) =>
    loadImage(bytes, { role, name: `${role}.bin`, source: "made up" });
  return boardImages("small images", [
    image("flashloader", sampleFlashloader({ size: 2_100, version })),
    image("bootloader", sampleBootloader({ size: 6_100, version })),
    image("firmware", sampleFirmware({ size: 13_900, version })),
    image("romfs0", sampleRomfs({ seed: version, size: 4_500, version, simulationOnly: true })),
  ]);
}

const images = smallImages("5.0.0"), old = smallImages("4.8.1");
const inRom = ["fit-jumper", "plug"] as const;
const on = (condition: "bricked" | "blank" | "healthy", traps?: Record<string, number>) => ({
  ...{ board, images, camera: { condition, images: old, ...(traps && { traps }) } },
});
const now = { board, images, camera: { condition: "healthy", images }, holds: "the same" } as const;

const otherValues: readonly Record<string, number>[] = [
  { fuse0: 2 },
  { fuse5: 0x20 },
  { fuse6: 0 },
  { fuse6: 8 },
  { windowMs: 50 },
];

const scenarios: readonly Scenario[] = [
  ...writesInEachCondition(on, knowing(images, old), inRom),
  ...([{}, { rewrite: true }] as const).flatMap((options): Scenario[] => [
    { ...now, job: "restore", options },
    { ...now, job: "restore", options, before: ["plug"] },
    { ...now, job: "flash", options },
  ]),
  ...([[], ["plug"], inRom] as const).flatMap((before): Scenario[] => [
    { ...now, job: "verify", before },
    { ...now, job: "read", before, options: { region: "bootloader" } },
    { ...now, job: "read", before, options: { address: 0x6003_FF00, length: 0x1200 } },
    { ...now, job: "read", before, options: { address: 0x6000_0000, length: 0x1_0000 } },
    { ...now, job: "check", before },
  ]),
  ...otherValues.flatMap((
    traps,
  ): Scenario[] => [
    { ...on("bricked", traps), job: "restore" },
    { ...on("healthy", traps), job: "flash", before: ["plug"] },
  ]),
  ...romfsModes.map((romfs): Scenario => ({
    ...{ board, images, job: "flash", options: { ...knowing(images, old), ...romfs } },
    ...{ camera: { condition: "healthy", images: withOwnRomfs(old) }, holds: "the user's" },
  })),
  ...soonAfterPlug([now, on("healthy")]),
  ...withEachTrap(openmvRt1062, { ...on("bricked"), job: "restore" }),
  ...withEachTrap(openmvRt1062, { ...on("healthy"), job: "flash", before: ["plug"] }),
  ...withEachTrap(openmvRt1062, { ...now, job: "check", before: ["plug"] }),
];

testRuns(openmvRt1062, scenarios, import.meta.url);
