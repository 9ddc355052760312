import type { Scenario } from "./run_table.ts";

/** Scenarios that several families have. */

type Camera = Omit<Scenario, "job">;

/** Restores and flashes of a camera in each condition; `jumpered` are the steps by hand into its ROM. */
export function writesInEachCondition(
  on: (condition: "bricked" | "blank" | "healthy") => Camera,
  knowingRomfs: Scenario["options"],
  jumpered: Scenario["before"],
): Scenario[] {
  return (["bricked", "blank", "healthy"] as const).flatMap((condition): Scenario[] => [
    { ...on(condition), job: "restore", options: knowingRomfs },
    { ...on(condition), job: "restore", options: { eraseFilesystem: true }, before: jumpered },
    { ...on(condition), job: "restore", options: { bootloaderOnly: true }, before: ["plug"] },
    { ...on(condition), job: "flash", before: ["plug"] },
    { ...on(condition), job: "flash", options: { eraseFilesystem: true }, before: jumpered },
  ]);
}

/** Jobs that begin while the camera is still in its bootloader. */
export function soonAfterPlug(cameras: readonly Camera[]): Scenario[] {
  return cameras.flatMap((camera): Scenario[] => [
    { ...camera, job: "restore", before: ["plug"], afterMs: 500 },
    { ...camera, job: "flash", before: ["plug"], afterMs: 500 },
    { ...camera, job: "verify", before: ["plug"], afterMs: 500 },
  ]);
}
