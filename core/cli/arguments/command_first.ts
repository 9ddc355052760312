import type { CommandTable } from "./grammar.ts";
import { EXIT_CODES } from "./help_topics.ts";
import { optionsOf } from "./option_names.ts";

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
export function helpLast(line: readonly string[], options: CommandTable): readonly string[] {
  if (line[0] !== "help") return line;
  const asked = commandFirst(line.slice(1), options);
  const isCommand = options.commands.some(({ name }) => name === asked[0]);
  return isCommand ? [...asked, "--help"] : ["help", ...asked];
}
