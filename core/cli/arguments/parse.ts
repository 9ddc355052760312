import { runParserSync } from "@optique/core/facade";
import { formatMessage, message } from "@optique/core/message";
import { suggestSync } from "@optique/core/parser";
import { UnbrickError } from "../../common/errors.ts";
import { nearest } from "../../common/nearest.ts";
import { exitCodeLines } from "./exit_codes.ts";
import { EXIT_CODES, helpTopics } from "./help_topics.ts";
import { type Invocation, parser } from "./parser.ts";
import { examples, usage } from "./pieces.ts";
import { said, saidLabels, textOf } from "./said_message.ts";
import { joined, sentences, type Text, text } from "../../common/text.ts";

/**
 * @param version of this program, for `--version`
 * @param width columns for help texts
 * @returns what the command line asks for, or the help text it asked for
 * @throws UnbrickError `usage`, with a near name if there is one
 */
export function parseArguments(
  argv: readonly string[],
  version: string,
  width = 80,
): Invocation | { readonly show: string } {
  if (argv[0] === "help" && argv[1] === EXIT_CODES) {
    return { show: exitCodeLines(width).join("\n") };
  }
  const shown: string[] = [];
  const invocation = runParserSync(parser, "unbrick", argv, {
    brief:
      message`Bring back a dead OpenMV camera: restore, flash, prove. Offline, without vendor tools.`,
    description: message`Without a command, unbrick guides you from the dead camera to the proof.`,
    help: { option: { names: ["-h", "--help"] }, command: true },
    version: { option: { names: ["-V", "--version"] }, value: version },
    footer: examples(
      ["restore openmv-h7", text`Bring a dead OpenMV Cam H7 back; asks before it writes.`],
      ["restore h7 --yes --images firmware_release.zip", text`The same unattended, for a script.`],
      ["restore h7 --simulate", text`Practise on a simulated camera first.`],
      ["doctor", text`Nothing is found, or it cannot be opened? What is in the way.`],
      ["help restore", text`The options and examples of one command.`],
      ["help exit-codes", text`What the exit codes mean.`],
    ),
    aboveError: "none",
    commandList: "top-level",
    usageLine: usage("[COMMAND] [BOARD] [OPTIONS]"),
    maxWidth: Math.max(40, width),
    messageFormatter: (texts, options) => formatMessage(said(texts), options),
    theme: saidLabels,
    stdout: (line) => shown.push(line),
    stderr: () => {},
    onError: (_code, error) => {
      const command = argv.find((word) => literals([""]).includes(word));
      throw new UnbrickError(
        "usage",
        withNearName(textOf(error), argv),
        command === undefined ? {} : { command },
      );
    },
  });
  if (shown.length) return { show: shown.join("\n").replaceAll(/ +$/gm, "").trimEnd() };
  return invocation;
}

/** The words that may stand in place of the last one. */
const literals = (line: readonly [string, ...string[]]): string[] =>
  suggestSync(parser, line).flatMap((one) => one.kind === "literal" ? [one.text] : []);

/** Of the near names only those that can be meant. */
function withNearName(said: Text, argv: readonly string[]): Text {
  if (said.key.startsWith("Expected at least 1 values")) {
    return text`The name of a board is missing.`;
  }
  if (!/^Unexpected option or (argument|subcommand): /.test(said.key)) return said;
  const word = String(said.values[0]).slice(1, -1);
  const isHelp = argv[0] === "help";
  const isCommand = isHelp || argv[0] === word || argv[0].startsWith("-");
  const start = word.startsWith("-") ? "--" : "";
  const known = literals(isCommand ? [start] : [argv[0], start]);
  const topics = isHelp ? helpTopics.map(({ word }) => word) : [];
  const near = nearest(word, [...known, ...topics, ...(isCommand ? ["help"] : []), "--help"]);
  return sentences(
    text`Unexpected option or argument: "${word}".`,
    near.length > 0 && text`Did you mean ${joined(near, text` or `)}?`,
  );
}
