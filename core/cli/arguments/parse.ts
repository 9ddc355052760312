import { runParserSync } from "@optique/core/facade";
import { formatMessage, type Message, type MessageFormatOptions } from "@optique/core/message";
import { suggestSync } from "@optique/core/parser";
import { UnbrickError } from "../../common/errors.ts";
import { nearest } from "../../common/nearest.ts";
import { joined, sentences, type Text, text } from "../../common/text.ts";
import { commandFirst, helpLast } from "./command_first.ts";
import { exitCodeLines } from "./exit_codes.ts";
import { type Chosen, messageOf, parserOf, rootParser, usageOf } from "./grammar.ts";
import { helpWidth, type ParseOptions, withoutBlankEnds } from "./help_page.ts";
import { EXIT_CODES, helpTopics } from "./help_topics.ts";
import { optionsOf } from "./option_names.ts";
import { rootFooter, rootHelp } from "./root_help.ts";
import { textOf, translatedLabels, translatedMessage } from "./translated_message.ts";

/** How Optique prints help. */
const helpFormat = (width?: number) => ({
  maxWidth: helpWidth(width),
  messageFormatter: (texts: Message, options?: MessageFormatOptions) =>
    formatMessage(translatedMessage(texts), options),
  theme: translatedLabels,
});

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
    ...(!command && {
      brief: rootHelp.brief,
      footer: rootFooter(),
      usageLine: usageOf(rootHelp.usage),
      description: messageOf(unnamed.brief),
    }),
    help: { option: { names: ["-h", "--help"] }, command: true },
    version: { option: { names: ["-V", "--version"] }, value: version },
    aboveError: "none",
    commandList: "top-level",
    ...helpFormat(width),
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
  if (shown.length) return { show: withoutBlankEnds(shown.join("\n")) };
  return chosen;
}

/** Adds similar names to an error message, but only names that are possible in that place. */
function withNearName(
  translatedMessage: Text,
  line: readonly string[],
  options: ParseOptions,
): Text {
  if (translatedMessage.key.startsWith("Expected at least 1 values")) {
    return text`The board's name is missing.`;
  }
  const { commands, tools } = options;
  const command = commands.find(({ name }) => name === line[0]);
  if (command?.actions && translatedMessage.key.startsWith("No matching command")) {
    const actions = command.actions.map(({ name }) => name).join(", ");
    return text`The command ${command.name} needs one of these words: ${actions}.`;
  }
  if (!/^Unexpected option or (argument|subcommand): /.test(translatedMessage.key)) {
    return translatedMessage;
  }
  const word = String(translatedMessage.values[0]).slice(1, -1);
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
