import { romfsModes, withOwnRomfs } from "../../tests/support/boards/own_romfs.ts";
import { backupRegions } from "./backup.ts";
import { type Scenario, testRuns } from "../../tests/support/boards/run_table.ts";
import { testTables } from "../../tests/support/boards/tables.ts";
import { withEachTrap } from "../../tests/support/boards/trap_scenarios.ts";
import { knowing } from "../../tests/support/faults/known_romfs.ts";
import { portentaBoards, type PortentaClass } from "./boards.ts";
import { arduino } from "./mod.ts";
import { sampleImages } from "./samples.ts";

testTables(arduino, import.meta.url, () => ({
  regions: backupRegions,
  programs: { firmware: "firmware" },
}));

const [portenta, giga, nicla] = portentaBoards;
const inBootloader = ["plug", "press-reset-twice"] as const;

function runsOn(board: PortentaClass) {
  const sizes = [0x2210, 0x1100] as const;
  const images = sampleImages(board, "5.0.0", sizes);
  const old = sampleImages(board, "4.8.1", sizes);
  const on = (condition: "bricked" | "blank" | "healthy") => ({
    ...{ board, images, camera: { condition, images: old } },
  });
  const now = {
    ...{ board, images, camera: { condition: "healthy", images }, holds: "the same" } as const,
  };
  return { on, now, known: knowing(images, old) };
}

const ofPortenta = runsOn(portenta), ofGiga = runsOn(giga), ofNicla = runsOn(nicla);

const scenarios: readonly Scenario[] = [
  ...(["bricked", "blank", "healthy"] as const).flatMap((condition): Scenario[] => [
    { ...ofPortenta.on(condition), job: "flash", options: ofPortenta.known },
    { ...ofGiga.on(condition), job: "flash", options: { eraseFilesystem: true }, before: ["plug"] },
    { ...ofNicla.on(condition), job: "flash", before: inBootloader },
    { ...ofNicla.on(condition), job: "flash", options: { only: "firmware" } },
  ]),
  { ...ofPortenta.now, job: "flash" },
  { ...ofPortenta.now, job: "flash", options: { rewrite: true } },
  { ...ofPortenta.now, job: "flash", options: { only: "romfs", rewrite: true } },
  ...([[], ["plug"], inBootloader] as const).flatMap((before): Scenario[] => [
    { ...ofPortenta.now, job: "verify", before },
    { ...ofGiga.now, job: "read", before, options: { region: "firmware" } },
    { ...ofNicla.now, job: "read", before, options: { address: 0x90F0_0000, length: 0x1200 } },
    { ...ofNicla.now, job: "check", before },
  ]),
  ...romfsModes.map((romfs): Scenario => ({
    ...ofNicla.now,
    ...{ job: "flash", options: { ...ofNicla.known, ...romfs } },
    ...{ camera: { condition: "healthy", images: withOwnRomfs(ofNicla.now.images) } },
    holds: "the user's",
  })),
  ...withEachTrap(arduino, { ...ofGiga.on("healthy"), job: "flash" }),
  ...withEachTrap(arduino, { ...ofNicla.on("healthy"), job: "flash", before: ["plug"] }),
  ...withEachTrap(arduino, { ...ofGiga.now, job: "check", before: ["plug"] }),
];

testRuns(arduino, scenarios, import.meta.url);
