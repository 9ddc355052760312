import type { Clock } from "../../common/clock.ts";
import type { DetectedDevice } from "../../device/detected_device.ts";
import type { DeviceFinder } from "../../device/finder.ts";
import { identifyDevice } from "../../device/identify.ts";
import { type Identity, type ListedFamily, loadJobs } from "../../family/family.ts";
import type { SerialBus } from "../../transport/serial/port.ts";
import { boardById } from "./board_names.ts";

interface Surroundings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly families: readonly ListedFamily[];
  /** Of a wait that names none, ms. */
  readonly deadlineMs: number;
}

/** Asks the device which board it is, using the method of each family that recognises it. */
export async function identify(
  { clock, signal, families, deadlineMs }: Surroundings,
  { finder, serial }: { readonly finder: DeviceFinder; readonly serial?: SerialBus },
  detected: DetectedDevice,
): Promise<Identity> {
  const known = detected.boardIds.map((id) => boardById(id, families));
  const identities: Identity[] = [];
  for (const family of new Set(known.map(({ family }) => family))) {
    const boards = known.filter((one) => one.family === family).map(({ board }) => board);
    const boardIds = boards.map(({ id }) => id);
    const camera = { board: boards[0], clock, signal, finder, serial, deadlineMs };
    identities.push(
      await identifyDevice(await loadJobs(family), { ...detected, boardIds }, camera) ??
        { boardIds: detected.isCandidate ? [] : boardIds, evidence: [] },
    );
  }
  return {
    boardIds: identities.flatMap(({ boardIds }) => boardIds),
    evidence: identities.flatMap(({ evidence }) => evidence),
  };
}
