import type { Job } from "../../../core/family/board.ts";
import type { BoardFamily } from "../../../core/family/family.ts";
import type { TrapValue } from "../../../core/common/traps.ts";
import type { Scenario } from "./run_table.ts";

/** Traps of the running firmware that only a look at its picture can notice. */
const seenByCheck = /^(sensorMissing|picture|mainNeverYields|scriptError|firmwareWedged)/;
/** Those that change how every job ends. */
const seenByAll = /^(sensorStopsFirmware|otherFirmware)$/;

/** Whether a trap can matter to a job. */
function matters(name: string, job: Job): boolean {
  const isSeen = seenByCheck.test(name);
  return job === "check" ? isSeen || seenByAll.test(name) : !isSeen;
}

/** Returns each value of each trap that is not the default; of a trap with any text or number, none. */
export function trapValues({ traps = {} }: BoardFamily): readonly [string, TrapValue][] {
  return Object.entries(traps).flatMap(([name, [first, ...others]]) => {
    const values = typeof first === "boolean" ? [!first] : others;
    return values.map((value): [string, TrapValue] => [name, value]);
  });
}

/** Repeats a scenario with each trap that can matter to it. */
export function withEachTrap(
  family: BoardFamily,
  scenario: Scenario,
  more: readonly (readonly [string, TrapValue])[] = [],
): readonly Scenario[] {
  return [...trapValues(family), ...more]
    .filter(([name]) => matters(name, scenario.job))
    .map(([name, value]) => ({
      ...scenario,
      camera: { ...scenario.camera, traps: { ...scenario.camera.traps, [name]: value } },
    }));
}
