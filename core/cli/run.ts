import { advice } from "../common/advice.ts";
import { asUnbrickError, type UnbrickError } from "../common/errors.ts";
import { foreignCommands } from "./arguments/foreign_commands.ts";
import { parseArguments } from "./arguments/parse.ts";
import type { Invocation } from "./arguments/parser.ts";
import { alifTools } from "./vendor/alif/mod.ts";
import { runAlifTool } from "./vendor/alif/tool.ts";
import { boards } from "./commands/boards.ts";
import { devices } from "./commands/devices.ts";
import { doctor } from "./commands/doctor.ts";
import { guide } from "./commands/guide.ts";
import { runJob } from "./commands/job.ts";
import { images } from "./images/images_command.ts";
import { licenses } from "./commands/licenses.ts";
import { plan } from "./commands/plan.ts";
import { read } from "./commands/read.ts";
import { station } from "./commands/station.ts";
import { wizard } from "./commands/wizard.ts";
import { completionScript, completionsFor } from "./completion/shells.ts";
import type { Console } from "./terminal/console.ts";
import { dfuUtil } from "./vendor/dfu_util/command.ts";
import type { Context } from "./context.ts";
import { blhost } from "./vendor/nxp/blhost.ts";
import { sdphost } from "./vendor/nxp/sdphost.ts";
import { runNxpTool } from "./vendor/nxp/tool.ts";
import { askedLanguage, chooseLanguage } from "./language/language.ts";
import { say, speak } from "./language/say.ts";
import { mayAsk, openSession, type Session } from "./session.ts";
import { stm32Programmer } from "./vendor/stm32_programmer/command.ts";
import { makeStyle } from "./terminal/style.ts";
import { dropUnaskedKeys } from "./prompts/discard_typeahead.ts";
import { failureLines } from "./views/failure.ts";
import { jsonLine } from "./views/json_line.ts";

/** Carries a command line out. Never throws; the number is the exit code of the process. */
export async function runCommandLine(
  argv: readonly string[],
  context: Context,
): Promise<number> {
  const code = await carryOut(argv, context);
  await keepWindow(argv, context);
  await lastWords(argv, context, code);
  return code;
}

/** A reader may take its time with a text that is not the end of work on a camera. */
const textCommands: readonly string[] = [
  ...["help", "boards", "guide", "images", "licenses", "plan", "completion"],
];
/** When a reader of the end of a run takes nothing for this long, nobody reads it, milliseconds. */
const NOBODY_READS_MS = 10_000;

/** What happened to a camera does not depend on whether it could be printed; that it could not is said. */
async function lastWords(argv: readonly string[], context: Context, code: number): Promise<void> {
  const isText = textCommands.includes(argv[0]) || argv.includes("--help");
  const lost = await context.flushOutput?.(isText ? Infinity : NOBODY_READS_MS);
  if (lost === undefined) return;
  const message = `Part of the output was lost: ${lost}. The exit code ${code} is right.`;
  context.openConsole({ colour: false }).writeError(message + "\n");
  await context.flushOutput?.(NOBODY_READS_MS);
}

/** A window that was opened for this program alone would take its last words away with it. */
async function keepWindow(argv: readonly string[], context: Context): Promise<void> {
  if (argv.includes("--yes") || argv.includes("--json") || !context.ownsWindow?.()) return;
  const console = context.openConsole({ colour: false });
  if (!console.canAsk) return;
  console.write("\n" + say("Press Enter to close this window.") + "\n");
  // Ctrl-C closes it, too.
  await context.prompts.keyPressed(new AbortController().signal).catch(() => {});
}

/** Help texts are laid out in columns also where nobody draws. */
const HELP_COLUMNS = 80;

async function carryOut(argv: readonly string[], context: Context): Promise<number> {
  await speak("en");
  if (argv[0] === "dfu-util") return await dfuUtil(argv.slice(1), context);
  if (argv[0] === "sdphost") return await runNxpTool(sdphost, argv.slice(1), context);
  if (argv[0] === "blhost") return await runNxpTool(blhost, argv.slice(1), context);
  if (argv[0] === "completion" && argv.length > 2) return complete(argv[1], argv.slice(2), context);
  const alif = alifTools.find(({ name }) => name === argv[0]);
  if (alif) return await runAlifTool(alif, argv.slice(1), context);
  // Good enough before the arguments are understood, and for telling that they are not.
  let console = context.openConsole({
    colour: !argv.includes("--no-color"),
    plain: argv.includes("--plain"),
  });
  const manner = { json: argv.includes("--json"), debug: argv.includes("--debug") };
  try {
    await speak(chooseLanguage({ asked: askedLanguage(argv), ...context.tongue?.() }));
    const invocation = parseArguments(
      argv,
      context.version,
      console.isTerminal ? console.columns : HELP_COLUMNS,
    );
    if ("show" in invocation) {
      console.write(invocation.show + "\n");
      return 0;
    }
    console = context.openConsole({ colour: !invocation.noColor, plain: invocation.plain });
    const prompts = console.plain ? context.plainPrompts ?? context.prompts : context.prompts;
    const session = await openSession({ ...context, prompts }, invocation, console);
    return await listening(session, invocation);
  } catch (thrown) {
    const error = asUnbrickError(thrown);
    tellFailure(error, console, context, manner);
    return error.exitCode;
  }
}

/** A shell asks at a press of Tab: whatever is wrong, it is told nothing but suggestions. */
function complete(shell: string, words: readonly string[], context: Context): number {
  try {
    const console = context.openConsole({ colour: false });
    console.write(completionsFor(shell, words, context.families) + "\n");
    return 0;
  } catch (error) {
    return asUnbrickError(error).exitCode;
  }
}

/** The commands that a person is led through. */
const led: readonly string[] = ["wizard", "restore", "flash", "verify", "read"];

/** While somebody is led keys belong to the questions alone. */
async function listening(session: Session, invocation: Invocation): Promise<number> {
  const { context, clock } = session;
  if (!led.includes(invocation.command) || !mayAsk(session) || !context.openKeys) {
    return await dispatch(session, invocation);
  }
  const { prompts, close } = await dropUnaskedKeys(context.openKeys(), context.prompts, clock);
  try {
    return await dispatch({ ...session, context: { ...context, prompts } }, invocation);
  } finally {
    close();
  }
}

async function dispatch(session: Session, invocation: Invocation): Promise<number> {
  if (foreignCommands.includes(invocation.command)) await speak("en");
  switch (invocation.command) {
    case "restore":
    case "flash":
    case "verify": {
      const { command: job, board } = invocation;
      const { error } = await runJob(session, { ...jobOptions(invocation), job, board });
      return error?.exitCode ?? 0;
    }
    case "read": {
      const { board, region, address, length, output } = invocation;
      return await read(session, { board, region, address, length, output });
    }
    case "devices":
      return await devices(session, invocation);
    case "station": {
      const { board, job, count } = invocation;
      return await station(session, { board, job, count, ...jobOptions(invocation) });
    }
    case "boards":
      return boards(session);
    case "plan":
      return plan(session, { words: invocation.words, ...jobOptions(invocation) });
    case "licenses":
      return licenses(session);
    case "images":
      return await images(session, invocation);
    case "doctor":
      return await doctor(session, { installUdev: invocation.installUdev });
    case "guide":
      return guide(session, { board: invocation.board, html: invocation.html });
    case "completion":
      session.console.write(completionScript(invocation.shell) + "\n");
      return 0;
    case "wizard":
      return await wizard(session);
    case "dfu-util":
      return await dfuUtil(invocation.argv, session.context);
    case "STM32_Programmer_CLI":
      return await stm32Programmer(session, invocation.argv);
    case "sdphost":
      return await runNxpTool(sdphost, invocation.argv, session.context);
    case "blhost":
      return await runNxpTool(blhost, invocation.argv, session.context);
    default: {
      const { command, argv } = invocation;
      const tool = alifTools.find(({ name }) => name === command)!;
      return await runAlifTool(tool, argv, session.context);
    }
  }
}

function jobOptions(invocation: Invocation) {
  return {
    bootloaderOnly: "bootloaderOnly" in invocation ? invocation.bootloaderOnly : false,
    eraseFilesystem: "eraseFilesystem" in invocation ? invocation.eraseFilesystem : false,
  };
}

/** An error from before a run: cause, outcome, advice. Nothing was written then. */
function tellFailure(
  error: UnbrickError,
  console: Console,
  context: Context,
  { json, debug }: { json: boolean; debug: boolean },
): void {
  const { kind, message, exitCode, data } = error;
  const actions = advice(error, context.os);
  if (json) {
    const stack = debug && error.cause instanceof Error ? { stack: error.cause.stack } : {};
    const facts = { type: "failed", outcome: "unchanged", kind, message, exitCode };
    const line = jsonLine(
      { ...facts, data: { ...data, ...stack }, advice: actions },
      context.clock.date(),
    );
    console.write(line + "\n");
    return;
  }
  const style = makeStyle(console);
  const lines = failureLines(error, { os: context.os, style, width: console.columns });
  console.writeError(lines.map((line) => line + "\n").join(""));
}
