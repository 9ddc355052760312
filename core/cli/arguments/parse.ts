import { runParserSync } from "@optique/core/facade";
import { formatMessage, lineBreak, type Message, message } from "@optique/core/message";
import { suggestSync } from "@optique/core/parser";
import { UnbrickError } from "../../common/errors.ts";
import { nearest } from "../../common/nearest.ts";
import { joined, sentences, type Text, text } from "../../common/text.ts";
import type { Example } from "./command.ts";
import { exitCodeLines } from "./exit_codes.ts";
import {
  addressLines,
  type Chosen,
  type CommandTable,
  examplesOf,
  messageOf,
  optionsOf,
  parserOf,
  rootParser,
  usageOf,
} from "./grammar.ts";
import { EXIT_CODES, helpTopics } from "./help_topics.ts";
import { textOf, translatedLabels, translatedMessage } from "./translated_message.ts";

/** Options for help texts. */
export interface ParseOptions extends CommandTable {
  /** Version of this program, for `--version`. */
  readonly version: string;
  /** Width of help texts in columns; default 80. */
  readonly width?: number;
}

/**
 * @returns the command and its values, or the help text that was requested
 * @throws UnbrickError `usage`, with a similar name if there is one
 */
export function parseArguments(
  argv: readonly string[],
  options: ParseOptions,
): Chosen | { readonly show: string } {
  const { commands, unnamed, version, width = 80 } = options;
  // Optique needs at least one word to choose a command.
  if (argv.length === 0) return { command: unnamed, of: unnamed, given: {} };
  const line = helpLast(commandFirst(argv, options), options);
  if (line[0] === "help" && line[1] === EXIT_CODES) {
    return { show: exitCodeLines(width).join("\n") };
  }
  const command = commands.find(({ name }) => name === line[0]);
  const shown: string[] = [];
  const chosen = runParserSync(command ? parserOf(command) : rootParser(options), "unbrick", line, {
    ...(!command && { ...root, description: messageOf(unnamed.brief) }),
    help: { option: { names: ["-h", "--help"] }, command: true },
    version: { option: { names: ["-V", "--version"] }, value: version },
    aboveError: "none",
    commandList: "top-level",
    maxWidth: Math.max(40, width),
    messageFormatter: (texts, options) => formatMessage(translatedMessage(texts), options),
    theme: translatedLabels,
    stdout: (line) => shown.push(line),
    stderr: () => {},
    onError: (_code, error) => {
      throw new UnbrickError(
        "usage",
        withNearName(textOf(error), line, options),
        command ? { command: command.name } : {},
      );
    },
  });
  if (shown.length) return { show: shown.join("\n").replaceAll(/ +$/gm, "").trimEnd() };
  return chosen;
}

/** The help of the program itself; the man page is made from it, too. */
export const rootHelp = {
  brief: message`Restore a dead OpenMV camera: offline, without vendor tools.`,
  usage: "[COMMAND] [BOARD] [OPTIONS]",
  examples: [
    ["restore openmv-h7", text`Restore a dead OpenMV Cam H7. Asks before it writes.`],
    ["restore h7 --yes --images firmware_release.zip", text`The same unattended, for a script.`],
    ["restore h7 --simulate", text`Practise on a simulated camera first.`],
    ["doctor", text`No camera is found, or it cannot be opened? Find out why.`],
    ["help restore", text`The options and examples of one command.`],
    ["help exit-codes", text`What the exit codes mean.`],
  ],
} as const satisfies { examples: readonly Example[]; brief: Message; usage: string };

const root = {
  brief: rootHelp.brief,
  footer: [...examplesOf(rootHelp.examples), lineBreak(), lineBreak(), ...addressLines()],
  usageLine: usageOf(rootHelp.usage),
};

/** Returns the command line with its command or help topic first; options may come before it. */
export function commandFirst(
  argv: readonly string[],
  { commands, tools, unnamed }: CommandTable,
): string[] {
  const named = [...commands, ...tools].map(({ name }) => name);
  const names = ["help", EXIT_CODES, ...named];
  if (names.includes(argv[0]) || !argv.some((word) => names.includes(word))) return [...argv];
  const takesValue = new Map([unnamed, ...commands].flatMap((one) => [...optionsOf(one)]));
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at];
    if (!word.startsWith("-")) {
      return names.includes(word) ? [word, ...argv.toSpliced(at, 1)] : [...argv];
    }
    if (takesValue.get(word)) at++;
  }
  return [...argv];
}

/** Rewrites `help restore` as `restore --help`, wherever the options are. */
function helpLast(line: readonly string[], options: CommandTable): readonly string[] {
  if (line[0] !== "help") return line;
  const asked = commandFirst(line.slice(1), options);
  const isCommand = options.commands.some(({ name }) => name === asked[0]);
  return isCommand ? [...asked, "--help"] : ["help", ...asked];
}

/** Adds similar names to an error message, but only names that are possible in that place. */
function withNearName(
  translatedMessage: Text,
  line: readonly string[],
  options: CommandTable,
): Text {
  if (translatedMessage.key.startsWith("Expected at least 1 values")) {
    return text`The board's name is missing.`;
  }
  if (!/^Unexpected option or (argument|subcommand): /.test(translatedMessage.key)) {
    return translatedMessage;
  }
  const word = String(translatedMessage.values[0]).slice(1, -1);
  const { commands, tools } = options;
  const command = commands.find(({ name }) => name === line[0]);
  const known = command
    ? suggestSync(parserOf(command), [command.name, word.startsWith("-") ? "--" : ""])
      .flatMap((one) => one.kind === "literal" ? [one.text] : [])
    : word.startsWith("-")
    ? [...optionsOf(options.unnamed).keys()]
    : [...commands, ...tools].map(({ name }) => name).concat(
      "help",
      line[0] === "help" ? helpTopics.map(({ word }) => word) : [],
    );
  const near = nearest(word, [...known, "--help"]);
  const isOfOthers = command && commands.some((one) => optionsOf(one).has(word));
  return sentences(
    isOfOthers
      ? text`The command ${command.name} has no option ${word}; others have it.`
      : text`Unexpected option or argument: "${word}".`,
    near.length > 0 && text`Did you mean ${joined(near, text` or `)}?`,
  );
}
