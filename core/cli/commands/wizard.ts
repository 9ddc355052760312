import { type Board, type Job, jobSupport } from "../../family/board.ts";
import { advice } from "../../common/advice.ts";
import { asUnbrickError, isKind, UnbrickError } from "../../common/errors.ts";
import type { Companion } from "../../image/image.ts";
import { openImageSet } from "../../image/source.ts";
import type { Choice } from "../../plan/operator.ts";
import { allBoards, namesOf } from "../devices/board_names.ts";
import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import { canPrompt, printLines, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";
import { failureLines } from "../views/failure.ts";
import { padded } from "../terminal/columns.ts";
import { runBackedUp } from "../backup/backed_up_job.ts";
import { chooseBackup } from "./wizard_backup.ts";
import { inspectBus, type SeenCamera } from "./wizard_look.ts";
import { text, type Words } from "../../common/text.ts";

/**
 * The camera that the person chose: one that was found on a port, or a board that is not visible.
 */
type Chosen = { readonly seen: SeenCamera } | { readonly board: Board };

export async function runWizard(session: Session): Promise<number> {
  if (!canPrompt(session)) {
    throw new UnbrickError(
      "consent-needed",
      text`No command was given, and this terminal cannot answer questions.`,
      { missing: "command" },
    );
  }
  const { bold } = makeStyle(session.console);
  const { columns } = session.console;
  printLines(session, [
    bold("unbrick"),
    ...wrap(text`Restores OpenMV cameras. Press Ctrl-C at any time to leave.`, columns),
    "",
  ]);
  const { seen, session: here } = await inspectBus(session);
  const camera = await chooseCamera(here, seen);
  const job = await chooseJob(here, camera);
  const place = "seen" in camera ? { ...here.options, port: camera.seen.port } : here.options;
  const backup = job === "verify"
    ? undefined
    : await chooseBackup(here, "seen" in camera ? camera.seen.boardIds : [camera.board.id]);
  return await runWithRetries({ ...here, options: place }, {
    job,
    check: job !== "verify",
    board: "board" in camera ? camera.board.id : undefined,
    backup,
  });
}

async function chooseCamera(session: Session, seen: readonly SeenCamera[]): Promise<Chosen> {
  const { context: { prompts }, signal } = session;
  if (seen.length > 0) {
    const absent: Choice<SeenCamera | undefined> = {
      value: undefined,
      label: text`None of these: my camera is not listed`,
    };
    const chosen = await prompts.select<SeenCamera | undefined>(
      text`Which of these cameras do you want to work on?`,
      [...seen.map((one) => ({ value: one, label: one.label })), absent],
      signal,
    );
    if (chosen) return { seen: chosen };
  }
  const boards = allBoards(session.families).map(({ board }) => board)
    .filter((board) => offered(board).length > 0);
  const widest = Math.max(...boards.map(({ name }) => name.length));
  return {
    board: await prompts.search(
      text`Which camera do you have? Look for the printed name, or compare the descriptions.`,
      boards.map((board) => ({
        value: board,
        label: board.looks === undefined
          ? board.name
          : `${padded(board.name, widest)}  ${say(board.looks)}`,
        search: [...namesOf(board), board.chip].join(" "),
      })),
      signal,
    ),
  };
}

const jobs = ["restore", "flash", "verify"] as const;

function offered(board: Board): Job[] {
  return jobs.filter((job) => board.jobs[job] === true);
}

const symptoms: Readonly<Record<(typeof jobs)[number], Words>> = {
  restore: text`It is dead: it does not appear on USB`,
  flash: text`It appears on USB, but its firmware does not work`,
  verify: text`I only want to check it; nothing is written`,
};

async function chooseJob(session: Session, camera: Chosen): Promise<Job> {
  const { context: { prompts }, console, signal } = session;
  const isOffered = (job: Job) => "seen" in camera || jobSupport(camera.board, job) === true;
  if ("board" in camera && camera.board.jobs.restore !== true) {
    printLines(session, wrap(camera.board.jobs.restore.refused, console.columns));
  }
  // The jobs that match its mode come first.
  const isAlive = "seen" in camera && camera.seen.mode !== "rom" &&
    camera.seen.mode !== "flashloader";
  const order = isAlive ? ["flash", "verify", "restore"] as const : jobs;
  return await prompts.select<Job>(
    text`What is wrong with the camera?`,
    order.filter(isOffered).map((job) => ({ value: job, label: symptoms[job] })),
    signal,
  );
}

interface WizardJob {
  readonly job: Job;
  readonly check: boolean;
  readonly board?: string;
  /** The zip to save the camera in first. */
  readonly backup?: string;
}

/** Runs the job. If it fails, asks whether to try again; if images are missing, asks for them. */
async function runWithRetries(session: Session, request: WizardJob): Promise<number> {
  const { context: { prompts }, signal } = session;
  for (let options = session.options;;) {
    const current = { ...session, options };
    const error = await attempt(current, request);
    if (!error) return 0;
    if (isAboutImages(error) && !options.simulate) {
      const { comesWith } = error.data;
      const images = await prompts.line(
        comesWith === undefined ? releaseQuestion : companionQuestions[comesWith as Companion],
        validateImagePath,
        signal,
      );
      if (images === "") return error.exitCode;
      // Sets named first take precedence: a companion's folder may also contain old firmware.
      const others = comesWith === undefined ? [] : options.images;
      options = { ...options, images: [...others, images] };
    } else if (
      isKind(error, "cancelled", "bug", "usage", "consent-needed", "wrong-board") ||
      !await prompts.confirm(text`Try again now? What has been written so far is kept.`, signal)
    ) return error.exitCode;
  }
}

const releaseQuestion =
  text`Where are the images? Type the path of an OpenMV firmware release (folder or zip), or
    press Enter to leave.`;
const companionQuestions: Readonly<Record<Companion, Words>> = {
  "openmv-ide":
    text`Where is OpenMV IDE? Its folder contains the missing flash loader. Type the path of the
      folder, or press Enter to leave.`,
  "se-tools":
    text`Where are Alif's SE Tools? Their folder contains the missing package. Type the path of
      the folder, or press Enter to leave.`,
};

/** Runs the job once. Returns the error, which is already printed; undefined if there was none. */
async function attempt(
  session: Session,
  { backup, ...request }: WizardJob,
): Promise<UnbrickError | undefined> {
  try {
    return (await runBackedUp(session, request, backup)).error;
  } catch (thrown) {
    const error = asUnbrickError(thrown);
    if (isKind(error, "cancelled", "bug")) throw error;
    const { console, context } = session;
    const style = makeStyle(console);
    printLines(
      session,
      failureLines(error, advice(error, context.os), { style, width: console.columns }),
    );
    return error;
  }
}

/** Returns true if other images may solve the problem. */
function isAboutImages(error: UnbrickError): boolean {
  return error.kind === "bad-image" ||
    (error.kind === "not-found" &&
      (error.data.role !== undefined || error.data.file !== undefined));
}

function validateImagePath(path: string): Words | undefined {
  try {
    openImageSet(path);
  } catch (error) {
    return asUnbrickError(error).text;
  }
}
