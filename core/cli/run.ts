import { asUnbrickError } from "../common/errors.ts";
import { parseArguments } from "./arguments/parse.ts";
import type { Invocation } from "./arguments/parser.ts";
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
import type { Context } from "./context.ts";
import { askedLanguage, chooseLanguage } from "./language/language.ts";
import { say, speak } from "./language/say.ts";
import { mayAsk, openSession, type Session } from "./session.ts";
import { dropUnaskedKeys } from "./prompts/discard_typeahead.ts";
import { vendorTools } from "./vendor/tools.ts";
import { tellFailure } from "./views/failure.ts";
import { text } from "../common/text.ts";

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
  const message = text`Part of the output was lost: ${lost}. The exit code ${code} is right.`;
  context.openConsole({ colour: false }).writeError(say(message) + "\n");
  await context.flushOutput?.(NOBODY_READS_MS);
}

/** A window that was opened for this program alone would take its last words away with it. */
async function keepWindow(argv: readonly string[], context: Context): Promise<void> {
  if (argv.includes("--yes") || argv.includes("--json") || !context.ownsWindow?.()) return;
  const console = context.openConsole({ colour: false });
  if (!console.canAsk) return;
  console.write("\n" + say(text`Press Enter to close this window.`) + "\n");
  // Ctrl-C closes it, too.
  await context.prompts.keyPressed(new AbortController().signal).catch(() => {});
}

/** Help texts are laid out in columns also where nobody draws. */
const HELP_COLUMNS = 80;

async function carryOut(argv: readonly string[], context: Context): Promise<number> {
  await speak("en");
  if (argv[0] === "completion" && argv.length > 2) return complete(argv[1], argv.slice(2), context);
  const asksHelp = argv[0] === "help";
  const tool = toolNamed(argv[asksHelp ? 1 : 0]);
  if (tool) return await tool.run(asksHelp ? ["--help"] : argv.slice(1), context);
  // Good enough before the arguments are understood, and for telling that they are not.
  let console = context.openConsole({
    colour: !argv.includes("--no-color"),
    plain: argv.includes("--plain"),
  });
  const { os, clock } = context;
  const [json, debug] = ["--json", "--debug"].map((option) => argv.includes(option));
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
    return tellFailure(thrown, console, { os, clock, json, debug }).exitCode;
  }
}

const toolNamed = (word: string | undefined) => vendorTools.find(({ name }) => name === word);

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
    default: {
      await speak("en");
      return await toolNamed(invocation.command)!.run(invocation.argv, session.context);
    }
  }
}

function jobOptions(invocation: Invocation) {
  return {
    bootloaderOnly: "bootloaderOnly" in invocation ? invocation.bootloaderOnly : false,
    eraseFilesystem: "eraseFilesystem" in invocation ? invocation.eraseFilesystem : false,
  };
}
