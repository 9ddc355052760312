import { romfsModes, withOwnRomfs } from "../../tests/support/boards/own_romfs.ts";
import { partitionRegions } from "../../core/openmv_bootloader/backup.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { type Scenario, testRuns } from "../../tests/support/boards/run_table.ts";
import { testTables } from "../../tests/support/boards/tables.ts";
import { withEachTrap } from "../../tests/support/boards/trap_scenarios.ts";
import {
  soonAfterPlug,
  writesInEachCondition,
} from "../../tests/support/boards/usual_scenarios.ts";
import { knowing } from "../../tests/support/faults/known_romfs.ts";
import { board, FLASH_BASE, partitions } from "./boards.ts";
import { openmvN6 } from "./mod.ts";
import { bundledVersions, factoryVersions, makeImages, smallSizes } from "./samples.ts";

testTables(openmvN6, import.meta.url, () => ({
  regions: partitionRegions(partitions),
  programs: { bootloader: "bootloader", firmware: "firmware" },
}));

const images = makeImages(bundledVersions, smallSizes, true);
const old = makeImages(factoryVersions, smallSizes, true);
const held = boardImages("old, then new", [...old.all, ...images.all]);
const inRom = ["fit-jumper", "plug"] as const;
const on = (condition: "bricked" | "blank" | "healthy", traps?: object) => ({
  ...{ board, images, camera: { condition, images: held, ...(traps && { traps: { ...traps } }) } },
});
const now = { board, images, camera: { condition: "healthy", images }, holds: "the same" } as const;

const scenarios: readonly Scenario[] = [
  ...writesInEachCondition(on, knowing(images, old), inRom),
  ...([{}, { rewrite: true }] as const).flatMap((options): Scenario[] => [
    { ...now, job: "restore", options },
    { ...now, job: "restore", options, before: ["plug"] },
    { ...now, job: "flash", options },
  ]),
  ...([[], ["plug"], inRom] as const).flatMap((before): Scenario[] => [
    { ...now, job: "verify", before },
    { ...now, job: "read", before, options: { region: "firmware" } },
    { ...now, job: "read", before, options: { address: FLASH_BASE + 0x7_FF00, length: 0x1200 } },
    { ...now, job: "check", before },
  ]),
  ...romfsModes.map((romfs): Scenario => ({
    ...{ board, images, job: "flash", options: { ...knowing(images, old), ...romfs } },
    ...{ camera: { condition: "healthy", images: withOwnRomfs(held) }, holds: "the user's" },
  })),
  ...soonAfterPlug([now, on("healthy")]),
  ...withEachTrap(openmvN6, { ...on("bricked"), job: "restore" }, [
    ["startMs", 9_000],
    ["startMs", 11_000],
    ["earlyDeaths", 1],
    ["uid", "112233445566778899aabbcc"],
  ]),
  ...withEachTrap(openmvN6, { ...on("healthy"), job: "flash", before: ["plug"] }, [
    ["unreadable", "firmware"],
  ]),
  ...withEachTrap(openmvN6, { ...now, job: "check", before: ["plug"] }),
];

testRuns(openmvN6, scenarios, import.meta.url);
