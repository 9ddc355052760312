import { type Job, jobSupport } from "../../family/board.ts";
import { type DetectedDevice, isUsable, portOf } from "../../device/detected_device.ts";
import { UnbrickError } from "../../common/errors.ts";
import type { Identity } from "../../family/family.ts";
import type { Operator } from "../../plan/operator.ts";
import { allBoards, boardById, type KnownBoard } from "./board_names.ts";
import { identify } from "./identify.ts";
import { canPrompt, printLines, type Session } from "../session.ts";
import type { DeviceHost } from "./device_host.ts";
import { jobVerbs } from "../../plan/job_words.ts";
import { sentences, type Text, text, type Words } from "../../common/text.ts";

/** A board that was identified, and the port of its camera. */
export interface FoundBoard extends KnownBoard {
  readonly port?: string;
  /** How it was identified, one sentence each. */
  readonly identifiedBy?: readonly Words[];
}

/**
 * Finds the board if none was named: by looking at the bus, then by asking the camera, then by
 * asking the person.
 * @throws UnbrickError `not-found`, `consent-needed`, `wrong-board`, or why a device cannot be
 * opened
 */
export async function findBoard(
  session: Session,
  host: DeviceHost,
  operator: Operator,
  job: Job,
): Promise<FoundBoard> {
  const { families, options, signal } = session;
  const look = await host.finder.look(signal, { port: options.port });
  const isWanted = (port: string) => options.port === undefined || options.port === port;
  const detectedDevices = look.detectedDevices.filter((one) => isWanted(portOf(one)));
  const usable = await confirmedDevices(session, host, detectedDevices.filter(isUsable));
  if (usable.length === 0) {
    // A device that does not answer may be anything, unless its port was named.
    const unusable = [...look.unusable, ...look.silent ?? []].filter(({ seen }) =>
      isWanted(seen.usb.portPath)
    );
    const blocked = unusable.find(({ title, reason }) =>
      options.port !== undefined || (reason.kind !== "timeout" && !title)
    );
    if (blocked) throw blocked.reason;
    const noCamera = unusable.find(({ title }) => title)?.reason;
    if (!canPrompt(session)) {
      if (noCamera) throw noCamera;
      throw new UnbrickError(
        "not-found",
        text`No camera is connected over USB, and no board was named.`,
      );
    }
    const why = noCamera ? sentences(noCamera.text) : text`No camera is connected over USB.`;
    return await askBoard(session, operator, job, why);
  }
  const detected = usable.length === 1 ? usable[0] : await operator.choose(
    text`Several cameras are connected. Which one is it?`,
    usable.map((one) => ({
      value: one,
      label: text`port ${portOf(one)}: ${one.title}`,
      hint: one.seen.serial,
    })),
    signal,
  );
  const { boardIds: ids, evidence } = await narrow(session, host, detected);
  const isIdentified = ids.length === 1;
  const id = isIdentified ? ids[0] : await operator.choose(
    text`The ${detected.title} does not say which camera it is. Which one do you have?`,
    ids.map((id) => ({ value: id, label: boardById(id, families).board.name })),
    signal,
  );
  const identifiedBy = isIdentified ? evidence : [...evidence, chosenByPerson];
  return { ...boardById(id, families), port: portOf(detected), identifiedBy };
}

export const chosenByPerson = text`You chose it.`;

const asking = ({ clock, signal, families, options }: Session) => ({
  clock,
  signal,
  families,
  deadlineMs: Math.round(options.timeout * 1000),
});

/** Returns the certain devices; if there are none, the candidates that identify themselves. */
async function confirmedDevices(
  session: Session,
  host: DeviceHost,
  usable: readonly DetectedDevice[],
): Promise<readonly DetectedDevice[]> {
  const certain = usable.filter((one) => !one.isCandidate);
  if (certain.length > 0) return certain;
  const confirmed: DetectedDevice[] = [];
  for (const one of usable) {
    const { boardIds } = await identify(asking(session), host, one);
    if (boardIds.length > 0) confirmed.push(one);
  }
  return confirmed;
}

/** Returns the boards that a detected device may be, after asking the device. */
async function narrow(
  session: Session,
  host: DeviceHost,
  detected: DetectedDevice,
): Promise<Identity> {
  if (detected.boardIds.length === 1) {
    return { boardIds: detected.boardIds, evidence: [text`The camera identifies itself.`] };
  }
  const { boardIds, evidence } = await identify(asking(session), host, detected);
  if (!session.options.json) printLines(session, evidence);
  if (boardIds.length > 0) return { boardIds, evidence };
  throw new UnbrickError(
    "wrong-board",
    text`What the camera reports does not match any board: ${sentences(...evidence)}`,
    { port: portOf(detected) },
  );
}

/**
 * Asks the person which board it is.
 * @throws UnbrickError `consent-needed` if nobody can be asked
 */
export async function askBoard(
  { families, signal }: Session,
  operator: Operator,
  job: Job,
  why?: Text,
): Promise<FoundBoard> {
  const known = await operator.choose(
    sentences(why, text`Which camera do you want to ${jobVerbs[job]}?`),
    allBoards(families).filter(({ board }) => jobSupport(board, job) === true).map((known) => ({
      value: known,
      label: known.board.name,
      hint: known.board.chip,
    })),
    signal,
  );
  return { ...known, identifiedBy: [chosenByPerson] };
}
