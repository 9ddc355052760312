import type { DocPage, DocSection } from "@optique/core/doc";
import { getDocPageSync } from "@optique/core/parser";
import { text } from "../../common/text.ts";
import { type CommandTable, messageOf, parserOf, unnamedParser, usageOf } from "./grammar.ts";
import { layHelpOut } from "./help_layout.ts";
import { rootFooter, rootHelp } from "./root_help.ts";

/** Options for help texts. */
export interface ParseOptions extends CommandTable {
  /** Version of this program, for `--version`. */
  readonly version: string;
  /** Width of help texts in columns; default 80. */
  readonly width?: number;
}

/** Width of a help text; a narrower terminal breaks its lines. */
export const helpWidth = (width = 80): number => Math.max(40, width);

export const withoutBlankEnds = (help: string): string => help.replaceAll(/ +$/gm, "").trimEnd();

/**
 * Returns the help of a command or of one of its actions, or of the program, as Optique's
 * `runParserSync` prints it for `--help`, without trying to parse a line first.
 * @param path `[]`, `["restore"]`, `["images", "import"]`; undefined: there is no such command
 */
export function helpPage(path: readonly string[], options: ParseOptions): string | undefined {
  const [name, ...actions] = path;
  const command = options.commands.find((one) => one.name === name);
  const isKnown = actions.length === 0 ||
    actions.length === 1 && command?.actions?.some((one) => one.name === actions[0]);
  if (name !== undefined && !command || !isKnown) return undefined;
  const page = command ? getDocPageSync(parserOf(command), path)! : rootPage(options);
  return withoutBlankEnds(layHelpOut("unbrick", page, helpWidth(options.width)));
}

function rootPage({ commands, tools, unnamed }: CommandTable): DocPage {
  const help = messageOf(text`Show help information.`);
  const entries: DocSection["entries"] = [
    ...[...commands, ...tools].map(({ name, brief }) => ({
      term: { type: "command", name } as const,
      description: messageOf(brief),
    })),
    { term: { type: "command", name: "help" }, description: help },
    { term: { type: "option", names: ["-h", "--help"] }, description: help },
    {
      term: { type: "option", names: ["-V", "--version"] },
      description: messageOf(text`Show version information.`),
    },
  ];
  return {
    brief: rootHelp.brief,
    usage: usageOf(rootHelp.usage),
    description: messageOf(unnamed.brief),
    sections: [{ entries }, ...getDocPageSync(unnamedParser(unnamed), [])!.sections],
    footer: rootFooter(),
  };
}
