import { asUnbrickError, type UnbrickError } from "../common/errors.ts";
import { commandFirst, parseArguments } from "./arguments/parse.ts";
import { commonIn } from "./arguments/common_options.ts";
import type { Command } from "./arguments/command.ts";
import type { Chosen } from "./arguments/grammar.ts";
import { commandAdvice } from "./commands/advice.ts";
import { commandTable } from "./commands/table.ts";
import { completionsFor } from "./completion/shells.ts";
import type { Context } from "./context.ts";
import { askedLanguage, chooseLanguage } from "./language/language.ts";
import { say, speak } from "./language/say.ts";
import { mayAsk, openSession, type Session } from "./session.ts";
import { dropUnaskedKeys } from "./prompts/discard_typeahead.ts";
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

/** A reader may take its time with a text that is not the end of work on a device. */
function isText(argv: readonly string[]): boolean {
  const command = commandTable.commands.find(({ name }) => name === argv[0]);
  return argv[0] === "help" || argv.includes("--help") ||
    command !== undefined && !command.common.does.includes("libusb");
}

/** When a reader of the end of a run takes nothing for this long, nobody reads it, milliseconds. */
const NOBODY_READS_MS = 10_000;

/** What happened to a camera does not depend on whether it could be printed; that it could not is said. */
async function lastWords(argv: readonly string[], context: Context, code: number): Promise<void> {
  const lost = await context.flushOutput?.(isText(argv) ? Infinity : NOBODY_READS_MS);
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
  const [first, ...rest] = commandFirst(argv, commandTable);
  const tool = toolNamed(first === "help" ? commandFirst(rest, commandTable)[0] : first);
  if (tool) return await tool.run(first === "help" ? ["--help"] : rest, context);
  // Good enough before the arguments are understood, and for telling that they are not.
  let console = context.openConsole({
    colour: !argv.includes("--no-color"),
    plain: argv.includes("--plain"),
  });
  const { os, clock } = context;
  const [json, debug] = ["--json", "--debug"].map((option) => argv.includes(option));
  let command: Command | undefined;
  const advise = (error: UnbrickError) => commandAdvice(error, os, command);
  try {
    await speak(chooseLanguage({ asked: askedLanguage(argv), ...context.tongue?.() }));
    const width = console.isTerminal ? console.columns : HELP_COLUMNS;
    const { version } = context;
    const chosen = parseArguments(argv, { ...commandTable, version, width });
    if ("show" in chosen) {
      console.write(chosen.show + "\n");
      return 0;
    }
    command = chosen.of;
    const options = commonIn(chosen.given);
    console = context.openConsole({ colour: !options.noColor, plain: options.plain });
    const prompts = console.plain ? context.plainPrompts ?? context.prompts : context.prompts;
    const session = await openSession({ ...context, prompts }, options, console);
    return await listening(session, chosen);
  } catch (thrown) {
    return tellFailure(thrown, console, { os, clock, json, debug, advise }).exitCode;
  }
}

const toolNamed = (word: string | undefined) =>
  commandTable.tools.find(({ name }) => name === word);

/** A shell asks at a press of Tab: whatever is wrong, it is told nothing but suggestions. */
function complete(shell: string, words: readonly string[], context: Context): number {
  try {
    const console = context.openConsole({ colour: false });
    console.write(completionsFor(shell, words, context.families, commandTable) + "\n");
    return 0;
  } catch (error) {
    return asUnbrickError(error).exitCode;
  }
}

/** While somebody is led keys belong to the questions alone. */
async function listening(session: Session, { command, of, given }: Chosen): Promise<number> {
  const { context, clock } = session;
  const run = async (session: Session) => await command.run(session, given as never);
  if (!of.isLed || !mayAsk(session) || !context.openKeys) return await run(session);
  const { prompts, close } = await dropUnaskedKeys(context.openKeys(), context.prompts, clock);
  try {
    return await run({ ...session, context: { ...context, prompts } });
  } finally {
    close();
  }
}
