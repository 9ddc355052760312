import { asUnbrickError, exitCodes, UnbrickError } from "../common/errors.ts";
import { commandFirst } from "./arguments/command_first.ts";
import { quickParse } from "./arguments/quick_parse.ts";
import { commonIn } from "./arguments/common_options.ts";
import type { Command } from "./arguments/command.ts";
import type { Chosen } from "./arguments/grammar.ts";
import { optionsOf } from "./arguments/option_names.ts";
import { commandAdvice } from "./commands/advice.ts";
import { commandTable } from "./commands/table.ts";
import type { Context } from "./context.ts";
import { chooseLanguage, requestedLanguage } from "./language/language.ts";
import { say, setLanguage } from "./language/say.ts";
import { canPrompt, openSession, type Session } from "./session.ts";
import { keptAdvice } from "./trace/kept_advice.ts";
import { discardTypeahead } from "./prompts/discard_typeahead.ts";
import { printFailure } from "./views/failure.ts";
import { text } from "../common/text.ts";

/** Runs a command line. Never throws; returns the exit code of the process. */
export async function runCommandLine(
  argv: readonly string[],
  context: Context,
): Promise<number> {
  const code = await execute(argv, context);
  await keepWindowOpen(argv, context);
  await reportLostOutput(argv, context, code);
  return code;
}

/** Returns true for a command that only prints a text; a reader may take any time to read it. */
function isText(argv: readonly string[]): boolean {
  const command = commandTable.commands.find(({ name }) => name === argv[0]);
  return argv[0] === "help" || argv.includes("--help") ||
    command !== undefined && !command.common.does.includes("libusb");
}

/** If nothing reads the end of a run's output for this long, it is given up, in milliseconds. */
const READER_GONE_MS = 10_000;

/**
 * Reports lost output on standard error. The exit code does not change, because it describes the
 * camera.
 */
async function reportLostOutput(
  argv: readonly string[],
  context: Context,
  code: number,
): Promise<void> {
  const lost = await context.flushOutput?.(isText(argv) ? Infinity : READER_GONE_MS);
  if (lost === undefined) return;
  const message = text`Part of the output was lost: ${lost}. The exit code ${code} is right.`;
  context.openConsole({ colour: false }).writeError(say(message) + "\n");
  await context.flushOutput?.(READER_GONE_MS);
}

/**
 * Waits for a key if the console window was opened only for this program and would close with it.
 */
async function keepWindowOpen(argv: readonly string[], context: Context): Promise<void> {
  if (argv.includes("--yes") || argv.includes("--json") || !context.ownsWindow?.()) return;
  const console = context.openConsole({ colour: false });
  if (!console.canAsk) return;
  console.write("\n" + say(text`Press Enter to close this window.`) + "\n");
  // Ctrl-C also closes it.
  await context.prompts.keyPressed(new AbortController().signal).catch(() => {});
}

/** The largest profile of a station, bytes. */
const LARGEST_PROFILE = 100_000;

/** Width of help texts if the output is not a terminal. */
const HELP_COLUMNS = 80;

/** Ends a command whose files cannot be read because their disk does not answer. */
async function refuseUnread(
  argv: readonly string[],
  context: Context,
): Promise<number | undefined> {
  try {
    await tryReading(argv, context);
  } catch (thrown) {
    await useLanguageOf(argv, context);
    const { os, clock } = context;
    const [json, debug] = ["--json", "--debug"].map((option) => argv.includes(option));
    const console = context.openConsole({ colour: !argv.includes("--no-color") });
    const advise = (error: UnbrickError) => commandAdvice(error, os);
    return printFailure(thrown, console, { os, clock, json, debug, advise }).exitCode;
  }
}

/** Tries what a line may name; a folder with the name of its command is not meant. */
async function tryReading([first, ...rest]: readonly string[], context: Context): Promise<void> {
  const isName = commandTable.commands.some(({ name }) => name === first) || toolNamed(first);
  await context.tryReading?.(isName || first === undefined ? rest : [first, ...rest]);
}

async function useLanguageOf(argv: readonly string[], context: Context): Promise<void> {
  const asked = requestedLanguage(argv);
  await setLanguage(chooseLanguage({ asked, ...context.languageSources?.() }));
}

async function execute(argv: readonly string[], context: Context): Promise<number> {
  await setLanguage("en");
  if (argv[0] === "completion" && argv.length > 2) {
    return await complete(argv[1], argv.slice(2), context);
  }
  const refused = await refuseUnread(argv, context);
  if (refused !== undefined) return refused;
  const [first, ...rest] = commandFirst(argv, commandTable);
  const tool = toolNamed(first === "help" ? commandFirst(rest, commandTable)[0] : first);
  if (tool) return await tool.run(first === "help" ? ["--help"] : rest, context);
  // Used until the arguments are parsed, and for errors in them.
  let console = context.openConsole({
    colour: !argv.includes("--no-color"),
    plain: argv.includes("--plain"),
  });
  const { os, clock } = context;
  let line = argv;
  let command: Command | undefined;
  let isKept = false;
  const advise = (error: UnbrickError) => [
    ...commandAdvice(error, os, command),
    ...keptAdvice(error, isKept),
  ];
  const isGiven = (option: string) =>
    line.some((word) => word === option || word.startsWith(`${option}=`));
  try {
    await useLanguageOf(line, context);
    line = await lineOf([first, ...rest]) ?? argv;
    if (line !== argv) {
      await useLanguageOf(line, context);
      await tryReading(line, context);
    }
    const width = console.isTerminal ? console.columns : HELP_COLUMNS;
    const { version } = context;
    const how = { ...commandTable, version, width };
    const chosen = await quickParse(line, how) ??
      (await import("./arguments/parse.ts")).parseArguments(line, how);
    if ("show" in chosen) {
      if (isGiven("--json")) throw new UnbrickError("usage", textOnly);
      console.write(chosen.show + "\n");
      return 0;
    }
    command = chosen.of;
    const options = commonIn(chosen.given);
    console = context.openConsole({ colour: !options.noColor, plain: options.plain });
    const prompts = console.plain ? context.plainPrompts ?? context.prompts : context.prompts;
    const session = await openSession({ ...context, prompts }, options, console);
    const run = (context: Context) => {
      isKept = context.trace?.isKept ?? false;
      return runWithKeys({ ...session, context }, chosen);
    };
    const path = traceFileOf(session, command), runsFolder = runsFolderOf(session, command);
    if (path === undefined && runsFolder === undefined) return await run(session.context);
    const { withTrace } = await import("./trace/traced_line.ts");
    return await withTrace({
      ...{ context: session.context, clock: session.clock, path, runsFolder, argv },
      withUserData: options.withUserData,
      ...(!options.simulate && {
        askDoctor: async (signal) =>
          (await import("./doctor/probe.ts")).ask({ ...session, clock, signal }),
      }),
      json: options.json,
    }, run);
  } catch (thrown) {
    const [json, debug] = ["--json", "--debug"].map(isGiven);
    return printFailure(thrown, console, { os, clock, json, debug, advise }).exitCode;
  }
}

/** Returns the command line with the options of its profile; undefined if it has none. */
async function lineOf(argv: readonly string[]): Promise<readonly string[] | undefined> {
  if (!argv.some((word) => /^--profile(=|$)/.test(word))) return undefined;
  const command = commandTable.commands.find(({ name }) => name === argv[0]);
  const takesValue = command && optionsOf(command);
  if (!takesValue?.has("--profile") || argv.includes("--help")) return undefined;
  const { withProfile } = await import("./arguments/profile.ts");
  const { readFile } = await import("../image/files.ts");
  const line = withProfile(argv, { takesValue, read: (path) => readFile(path, LARGEST_PROFILE) });
  return line === argv ? undefined : line;
}

/** Why help, the version and the completion script refuse `--json`. */
const textOnly = text`This prints a text, not JSON. Leave out --json.`;

const toolNamed = (word: string | undefined) =>
  commandTable.tools.find(({ name }) => name === word);

/**
 * Answers a shell's request at a press of Tab. Prints only suggestions, even if there is an error.
 */
async function complete(
  shell: string,
  words: readonly string[],
  context: Context,
): Promise<number> {
  const console = context.openConsole({ colour: false });
  if (shell === "--json" || words.length === 1 && words[0] === "--json") {
    console.writeError(say(textOnly) + "\n");
    return exitCodes.usage;
  }
  try {
    const { completionsFor } = await import("./completion/shells.ts");
    console.write(completionsFor(shell, words, context.families, commandTable) + "\n");
    return 0;
  } catch (error) {
    return asUnbrickError(error).exitCode;
  }
}

/** Returns the file of `--trace` or UNBRICK_TRACE; undefined for a command that touches no device. */
function traceFileOf({ context, options }: Session, { common }: Command): string | undefined {
  return common.does.includes("trace") ? options.trace ?? context.traceFile?.() : undefined;
}

/** Returns where a run of this command is kept; undefined for commands that do no work on a camera. */
function runsFolderOf({ context, options }: Session, { common }: Command): string | undefined {
  const isWork = common.does.includes("noRecorder") && !options.noRecorder;
  return isWork ? context.runsFolder?.() : undefined;
}

/** Runs a command. If the command guides a person, keys are used only to answer its questions. */
async function runWithKeys(session: Session, { command, of, given }: Chosen): Promise<number> {
  const { context, clock } = session;
  const run = async (session: Session) => await command.run(session, given as never);
  if (!of.isGuided || !canPrompt(session) || !context.openKeys) return await run(session);
  const { prompts, close } = await discardTypeahead(context.openKeys(), context.prompts, clock);
  try {
    return await run({ ...session, context: { ...context, prompts } });
  } finally {
    close();
  }
}
