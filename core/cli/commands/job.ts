import { type Board, type Job, jobSupport } from "../../family/board.ts";
import { asUnbrickError, isKind, UnbrickError } from "../../common/errors.ts";
import type { JobOptions, Plan } from "../../family/family.ts";
import type { BoardImages } from "../../image/image.ts";
import { missingRoles, placesFor } from "../../image/completeness.ts";
import { boardImages } from "../../image/board_images.ts";
import { simulationOnly } from "../../common/simulation_only.ts";
import { runPlan, type RunResult } from "../../plan/engine.ts";
import type { RunEvent } from "../../plan/events.ts";
import { boardByName, type KnownBoard, ready, type ReadyBoard } from "../devices/board_names.ts";
import { askBoard, chosenByPerson, findBoard, type FoundBoard } from "../devices/find_board.ts";
import { chooseImages, isNamed, withoutSimulationOnly } from "../images/choose_images.ts";
import { romfsChoice } from "../images/romfs_choice.ts";
import { makeRunView } from "../views/run_view.ts";
import { simulatedOperator } from "../operators/simulated.ts";
import { printLostRecord } from "../pages/lost_record.ts";
import type { RunRecord } from "../pages/run_record.ts";
import { withLooks } from "../trace/looks.ts";
import { canPrompt, makeOperator, onClock, printJson, type Session } from "../session.ts";
import { type DeviceHost, openRealHost, openSimulatedHost } from "../devices/device_host.ts";
import { agreesToWritingOnly } from "../operators/writing_only.ts";
import { lookStep } from "../../plan/look_step.ts";
import { rewriting } from "../../plan/rewriting.ts";
import { text, type Words } from "../../common/text.ts";

export interface JobRequest extends JobOptions {
  readonly job: Job;
  /** The board's name as given on the command line. */
  readonly board?: string;
  /** Images to use instead of those that the options choose. */
  readonly images?: BoardImages;
  /** From what a replay makes again what is neither text nor number here. */
  readonly origin?: RequestOrigin;
  /** Receives every event of the run, too. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Returns what the person is told after an event. */
  readonly comment?: (event: RunEvent) => Words | undefined;
  /** The run agrees to ordinary writing only: every other consent is refused without a question. */
  readonly onlyOrdinary?: boolean;
}

/** Where a request comes from, for a replay. */
export type RequestOrigin =
  /**
   * A backup of all regions, or of those that may have files; `continued`: some were read before. `name`:
   * that of the zip.
   */
  | { readonly backup: "all" | "files"; readonly continued: boolean; readonly name?: string }
  /** `put-back FILE --only REGION ...` */
  | { readonly putBack: string; readonly only: readonly string[] };

/**
 * Runs a job. The outcome is already printed when this returns; errors from before the run are
 * thrown.
 */
export async function runJob(session: Session, request: JobRequest): Promise<RunResult> {
  const { families } = session;
  const { job } = request;
  const named: FoundBoard | undefined = request.board === undefined ? undefined : {
    ...boardByName(request.board, families),
    identifiedBy: [chosenByPerson],
  };
  noteJob(session, request);
  const record = await beginRecord(session, job, named);
  try {
    return await execute(session, request, named, record);
  } catch (thrown) {
    record?.failed(asUnbrickError(thrown));
    throw thrown;
  } finally {
    if (record?.lost) printLostRecord(session, record.lost, record.report);
  }
}

/** Notes what a replay begins with; the line of a tool with images of its own is replayed as a line. */
function noteJob({ context, options }: Session, { origin, ...request }: JobRequest): void {
  const given = Object.entries(request).filter(([, value]) => typeof value !== "function");
  const asked = Object.fromEntries(given.filter(([, value]) => typeof value !== "object"));
  const tool = origin === undefined && Object.keys(asked).length < given.length;
  context.trace?.note(
    { type: "job", request: asked, options, tool, ...(origin && { origin }) },
    `job: ${request.job} ${request.board ?? ""}`,
  );
}

async function beginRecord(
  session: Session,
  job: Job,
  named?: FoundBoard,
): Promise<RunRecord | undefined> {
  const { options: { report, operator, simulate }, clock, context } = session;
  const { version, replay } = context;
  if (report === undefined) return undefined;
  const board = named && { id: named.board.id, name: named.board.name };
  const basis = {
    ...{ version, operator, job, board, simulated: simulate },
    ...(replay && { replay: true as const }),
    origin: await context.runOrigin?.(),
  };
  const { RunRecord } = await import("../pages/run_record.ts");
  const record = new RunRecord([report], clock, basis);
  record.begin();
  return record;
}

async function execute(
  session: Session,
  request: JobRequest,
  named: FoundBoard | undefined,
  record: RunRecord | undefined,
): Promise<RunResult> {
  const { job } = request;
  if (named) checkOffered(named, job);
  if (session.options.simulate) {
    const known = await ready(named ?? await askBoard(session, makeOperator(session), job));
    const planned = makePlan(session, known, request, "simulated");
    return await withHost(
      openSimulatedHost(session, job, known, planned.images),
      (host) => run(session, host, known, planned, record, request),
    );
  }
  // If the board is known, bad images are refused before the bus is opened.
  const planned = named && makePlan(session, await ready(named), request, "real");
  return await withHost(await openRealHost(session), async (host) => {
    const found: FoundBoard = named ??
      await findBoard(session, host, makeOperator(session), job);
    checkOffered(found, job);
    const plan = planned ?? makePlan(session, await ready(found), request, "real");
    return await run(session, host, found, plan, record, request);
  });
}

async function withHost<T>(host: DeviceHost, work: (host: DeviceHost) => Promise<T>): Promise<T> {
  try {
    return await work(host);
  } finally {
    await host.close();
  }
}

/** @throws UnbrickError `wrong-board` with the reason, if the board does not support the job */
export function checkOffered({ board }: KnownBoard, job: Job): void {
  const support = jobSupport(board, job);
  if (support !== true) {
    throw new UnbrickError("wrong-board", support.refused, { board: board.id, job });
  }
}

/**
 * Returns the plan with its images. Simulation-only images never become part of a plan that writes
 * to a real camera.
 */
export function makePlan(
  session: Session,
  known: ReadyBoard,
  request: JobRequest,
  target: "real" | "simulated",
): Plan {
  const plan = planOf(session, known, request, target);
  const { job, backup } = request;
  if (backup && job !== "backup" && !plan.steps.some((step) => step.backup)) {
    throw new UnbrickError(
      "usage",
      text`${known.board.name}: this job cannot save the camera. Use the command backup first.`,
      { board: known.board.id, job },
    );
  }
  return request.rewrite ? { ...plan, steps: rewriting(plan.steps) } : plan;
}

const noImages = boardImages(text`the camera`, []);

function planOf(
  session: Session,
  { board, family }: ReadyBoard,
  request: JobRequest,
  target: "real" | "simulated",
): Plan {
  const {
    job,
    images,
    board: _b,
    onEvent: _e,
    comment: _c,
    onlyOrdinary: _o,
    origin: _f,
    ...asked
  } = request;
  if (job === "look") return { job, board, steps: [lookStep()], images: noImages };
  const isWriting = job === "restore" || job === "flash" || job === "put-back";
  if (job === "backup") {
    return family.plan(job, board, backupHelpers(session, board, target), asked);
  }
  const chosen = job === "read" || job === "check"
    ? noImages
    : images ?? chooseImages(session, board, {
      ...asked,
      job,
      isReal: isWriting && target === "real",
    });
  const jobOptions = {
    ...asked,
    allow: session.options.allow,
    ...(isWriting && job !== "put-back" && romfsChoice(session, board, chosen, asked.romfs)),
  };
  if (target === "simulated" || !isWriting) {
    return family.plan(job, board, chosen, jobOptions);
  }
  const { usable, refused } = withoutSimulationOnly(chosen);
  const isBundled = refused.every(({ source }) => source === "bundled");
  const refusal = () =>
    simulationOnly(
      refused,
      isBundled ? text`the bundled images` : chosen.origin,
      placesFor(board.roles.filter((one) => refused.some(({ role }) => role === one.role))),
    );
  if (refused.some((image) => images !== undefined || isNamed(session, image))) throw refusal();
  try {
    return family.plan(job, board, usable, jobOptions);
  } catch (thrown) {
    if (!isKind(thrown, "not-found")) throw thrown;
    const error = refused.length === 0 ? thrown : refusal();
    throw job === "restore"
      ? withBootloaderOnly(error, board, usable)
      : withRomfsOnly(error, usable);
  }
}

/** Returns the error, with a hint if these images are a ROMFS alone. */
function withRomfsOnly(error: UnbrickError, { all }: BoardImages): UnbrickError {
  if (all.length === 0 || !all.every(({ role }) => role.startsWith("romfs"))) return error;
  return new UnbrickError(error.kind, error.text, { ...error.data, romfsOnly: true });
}

/** Returns the programs that may run in a camera's RAM so that it can be read. */
function backupHelpers(session: Session, board: Board, target: "real" | "simulated"): BoardImages {
  const isReal = target === "real";
  const chosen = chooseImages(session, board, { job: "backup", isReal });
  const { all } = isReal ? withoutSimulationOnly(chosen).usable : chosen;
  return boardImages(text`the camera`, all.filter(({ role }) => role === "flashloader"));
}

/** Returns the error, with a hint if these images are enough to restore the bootloader alone. */
function withBootloaderOnly(
  error: UnbrickError,
  board: Board,
  images: BoardImages,
): UnbrickError {
  const there = new Set(images.all.map(({ role }) => role));
  if (missingRoles(board, "restore", there, { bootloaderOnly: true }).length > 0) return error;
  return new UnbrickError(error.kind, error.text, { ...error.data, bootloaderOnly: true });
}

async function run(
  session: Session,
  host: DeviceHost,
  found: FoundBoard,
  plan: Plan,
  record: RunRecord | undefined,
  { onEvent, comment, onlyOrdinary = false }: JobRequest,
): Promise<RunResult> {
  const { clock, console, context, options, signal } = session;
  const { camera } = host;
  for (const { bytes } of plan.images.all) context.replay?.addImage(bytes);
  const isGuided = canPrompt(session);
  const view = makeRunView({
    console,
    clock,
    board: found.board,
    os: context.os,
    json: options.json,
    isGuided,
    isPractice: camera !== undefined,
    isKept: context.trace?.isKept,
  });
  const asked = makeOperator(session, {
    withPrompt: (work) => view.withPrompt(work),
    onEarlyKey: ({ id }) =>
      view.say(
        id === "unplug"
          ? text`The camera is still connected. Have you unplugged every cable?`
          : text`It has not appeared on USB yet. unbrick is still waiting.`,
      ),
    simulate: camera && ((action) => camera.perform(action)),
  });
  const operator = onlyOrdinary ? agreesToWritingOnly(asked) : asked;
  const onStop = () => view.say(text`Stopping after the current transfer ...`);
  signal.addEventListener("abort", onStop, { once: true });
  try {
    const result = await onClock(session, () =>
      runPlan(withLooks(plan, context), {
        clock,
        signal,
        finder: host.finder,
        serial: host.serial,
        operator: camera && !isGuided ? simulatedOperator(camera, clock, operator) : operator,
        simulated: options.simulate,
        replay: context.replay !== undefined,
        identifiedBy: found.identifiedBy,
        port: options.port ?? found.port,
        hardwareDeadlineMs: Math.round(options.timeout * 1000),
        onEvent(event) {
          context.trace?.event(event);
          record?.add(event);
          onEvent?.(event);
          view.event(event);
          const words = comment?.(event);
          if (words !== undefined) view.say(words);
        },
      }));
    const picture = result.outputs.get("picture");
    if (picture) record?.show(picture);
    const cause = result.error?.cause;
    if (options.json && options.debug && cause instanceof Error) {
      printJson(session, { type: "debug", stack: cause.stack });
    }
    return result;
  } finally {
    signal.removeEventListener("abort", onStop);
    view.close();
  }
}
