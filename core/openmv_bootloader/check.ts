import { type ErrorKind, isKind, UnbrickError } from "../common/errors.ts";
import { hex } from "../common/format.ts";
import { sentences, text, type Words } from "../common/text.ts";
import { architecturesIn } from "../image/architectures.ts";
import { releaseNumbers } from "../image/set_version.ts";
import type { BoardImages } from "../image/image.ts";
import type { Board } from "../family/board.ts";
import type { JobOptions } from "../family/family.ts";
import { plug } from "../plan/hardware_action.ts";
import type { Proof, RunningFirmware } from "../plan/proof.ts";
import type { StepContext } from "../plan/step_context.ts";
import type { Step } from "../plan/step.ts";
import type { DebugSession } from "../protocols/openmv_debug/client/debug_session.ts";
import { openDebugSession } from "../protocols/openmv_debug/client/open_session.ts";
import type { CheckAnswer } from "../protocols/openmv_debug/packets/check_script.ts";
import { awaitAnswer } from "./check_answer.ts";
import { type FetchedPicture, fetchPicture, judgePicture } from "./check_picture.ts";
import { portOfDetected } from "./serial_entry.ts";

/** The job `check`: whether a running camera sees. */

/** How long firmware takes to show itself after a reset; longest on a Portenta (openmv-boards.md 3.6). */
const START_MS = 40_000;

/** Thermal and event sensors: their pictures may be even, so only their arrival counts (2.3). */
const unlikeCameras = [0x54, 0xAE32, 0xAE64, 0x3050_1C01, 0xB060_2003];

interface CheckFacts {
  answer?: CheckAnswer;
  version?: string;
  picture?: FetchedPicture;
}

const checkFacts = (): CheckFacts => ({});

/** Returns the steps of `check`. The camera runs its own program again afterwards. */
export function checkSteps(_images: unknown, { picture }: JobOptions, board: Board): Step[] {
  return [{
    id: "find-running",
    title: text`Find the running camera`,
    weight: 500,
    effect: "none",
    async run(context) {
      if (await context.detected(["firmware"])) return;
      await context.request([plug], { what: running(board), modes: ["firmware"] });
    },
  }, takePictures(board, { isKept: picture })];
}

/** Returns the step that checks the camera after it was written, against what was written. */
export function checkAfterwards(images: BoardImages, _options: unknown, board: Board): Step[] {
  return [{
    ...takePictures(board, {
      written: images.all.find(({ role }) => role.startsWith("firmware"))?.version,
    }),
    isCheck: true,
    impossible: async (context) =>
      await context.detected(["firmware"])
        ? undefined
        : text`The camera has not been seen with its firmware running.`,
  }];
}

const running = ({ name }: Board) => text`the ${name} with its firmware running`;

interface TakeOptions {
  /** Version of the firmware that was written, if that is known. */
  readonly written?: string;
  /** The picture is an output of the step. */
  readonly isKept?: boolean;
}

function takePictures(board: Board, { written, isKept = false }: TakeOptions): Step {
  return {
    id: "take-pictures",
    title: text`Let the camera take pictures`,
    weight: 4_000,
    effect: "none",
    run: (context) =>
      onDebugPort(context, async (session) => {
        const facts = context.learned(checkFacts);
        facts.version = await session.version();
        context.note(
          text`The firmware ${facts.version} answers (debug protocol ${session.protocol}).`,
        );
        facts.answer = await awaitAnswer(context, session);
        if (facts.answer.arch) context.note(text`It calls its board ${facts.answer.arch}.`);
        const { id } = facts.answer;
        if (id) context.remember({ id, mode: "firmware" });
        facts.picture = await fetchPicture(context, session, facts.answer);
        if (isKept && facts.picture instanceof Uint8Array) context.output("picture", facts.picture);
      }),
    async prove(context) {
      const { answer = {}, version = "", picture } = context.learned(checkFacts);
      compareFirmware(board, answer, version, written);
      const proof = { ...judge(board, answer, version), firmware: spoken(answer, version) };
      if (picture) {
        judgePicture(board.name, picture, version);
        return { ...proof, claim: sentences(proof.claim, text`Its picture arrived whole.`) };
      }
      noPicture(context, answer, isKept);
      return await Promise.resolve(proof);
    },
  };
}

/** Opens the camera's debug port, and resets the camera at the end whatever happens. */
async function onDebugPort(
  context: StepContext,
  work: (session: DebugSession) => Promise<void>,
): Promise<void> {
  const { clock, signal, serial } = context;
  const detected = await context.detected(["firmware"]);
  const port = detected && await portOfDetected(context, detected);
  if (!port) {
    throw new UnbrickError(
      "driver",
      text`The system shows no serial port of this ${context.board.name}.`,
      { board: context.board.id },
    );
  }
  const opened = await openDebugSession(serial, port, clock, signal);
  if (!opened) throw silent(text`It does not answer on its serial port ${port.path}.`);
  try {
    await work(opened.session);
  } catch (error) {
    if (isKind(error, "timeout", "protocol")) throw silent(error.text);
    throw error;
  } finally {
    // The port leaves with the reset.
    await opened.session.reset().catch(() => {});
    await opened.port.close();
    if (detected) await context.waitGone(detected, START_MS).catch(() => {});
    await isBack(context);
  }
}

/** Waits until the camera runs its own program again. */
async function isBack(context: StepContext): Promise<void> {
  const what = running(context.board);
  try {
    await context.waitFor({ what, modes: ["firmware"], deadlineMs: START_MS });
  } catch (error) {
    if (!isKind(error, "timeout", "wrong-board")) throw error;
    context.note(text`After the check, the camera did not appear again: plug it in again.`);
  }
}

function silent(reason: Words): UnbrickError {
  return new UnbrickError(
    "firmware-silent",
    sentences(text`The firmware is running, but does not react.`, reason),
  );
}

/**
 * Compares what the firmware says of itself with its board, and with what was written.
 * @throws UnbrickError `wrong-board`, `verify-failed`
 */
export function compareFirmware(
  board: Pick<Board, "id" | "name">,
  { arch = "" }: CheckAnswer,
  version: string,
  written?: string,
): void {
  const named = architecturesIn(new TextEncoder().encode(arch));
  if (named.length > 0 && !named.some(({ boardId }) => boardId === board.id)) {
    throw new UnbrickError(
      "wrong-board",
      text`The firmware that runs is made for the ${
        named[0].boardName
      }, not for the ${board.name}: it calls its board ${named[0].text}.`,
      { found: named[0].boardId ?? "", board: board.id },
    );
  }
  const numbers = releaseNumbers(written);
  if (numbers === undefined || numbers === version) return;
  throw new UnbrickError(
    "verify-failed",
    text`The firmware that runs calls itself ${version}, but ${numbers} was written.`,
    { version, written: numbers },
  );
}

function spoken(
  { arch: boardName, sensor, width, height, mean: brightness }: CheckAnswer,
  version: string,
): RunningFirmware {
  return { version, boardName, sensor, width, height, brightness };
}

/** @throws UnbrickError `sensor-missing`, `picture-dark`, `picture-unchanged` */
function judge(board: Board, answer: CheckAnswer, version: string): Proof {
  const { name, mayHaveNoSensor } = board;
  const { sensor, width = 0, height = 0, mean, sums = [], look_error: fault } = answer;
  const fail = (kind: ErrorKind, words: Words) => new UnbrickError(kind, words, { version });
  if (sums.length === 0 || mean === undefined || sensor === undefined) {
    if (mayHaveNoSensor && fault !== undefined) {
      return {
        claim: text`The firmware ${version} answers. The board has no image sensor now.`,
        evidence: "alive",
      };
    }
    throw fail(
      "sensor-missing",
      fault === undefined
        ? text`The ${name} takes no picture.`
        : text`The ${name} takes no picture. It says: ${printable(fault)}`,
    );
  }
  const isOrdinary = !unlikeCameras.includes(sensor);
  if (isOrdinary && (mean <= 0 || mean >= 255)) {
    throw fail(
      "picture-dark",
      mean <= 0
        ? text`The image sensor of the ${name} answers, but its pictures are all black.`
        : text`The image sensor of the ${name} answers, but its pictures are all white.`,
    );
  }
  if (isOrdinary && new Set(sums).size === 1) {
    throw fail(
      "picture-unchanged",
      text`The image sensor of the ${name} answers, but all its pictures are exactly the same.`,
    );
  }
  return {
    claim: text`The ${name} sees: image sensor ${hex(sensor, 1)}, ${width} x ${height} pixels, mean
      brightness ${Math.round(mean)} of 255.`,
    evidence: "alive",
  };
}

/** @throws UnbrickError `picture-damaged` if the picture was asked for */
function noPicture(
  context: StepContext,
  { frame_error: fault = "", sums = [] }: CheckAnswer,
  isKept: boolean,
): void {
  const words = sums.length === 0
    ? text`There is no picture to keep.`
    : text`This firmware cannot send its picture: ${printable(fault)}`;
  if (isKept) throw new UnbrickError("picture-damaged", words);
  if (sums.length > 0) context.note(words);
}

function printable(words: string): string {
  return words.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 100);
}
