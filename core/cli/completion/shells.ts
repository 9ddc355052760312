import { bash, fish, pwsh, type ShellCompletion, zsh } from "@optique/core/completion";
import { UnbrickError } from "../../common/errors.ts";
import type { ListedFamily } from "../../family/family.ts";
import { hintAt } from "../../common/nearest.ts";
import type { CommandTable } from "../arguments/grammar.ts";
import { suggestions } from "../arguments/suggest.ts";
import { type Shell, shells } from "./shell_names.ts";
import { vocabularyOf } from "./vocabulary.ts";
import { text } from "../../common/text.ts";

/**
 * Shell completion: the script for a shell, and the answers to its request at each press of Tab.
 */

const generators: Readonly<Record<Shell, ShellCompletion>> = { bash, zsh, fish, powershell: pwsh };

/**
 * Returns the script that a shell runs when it starts. The script calls `unbrick completion SHELL
 * WORD...`.
 * @throws UnbrickError `usage` for another shell
 */
export function completionScript(shell: string): string {
  return generatorOf(shell).generateScript("unbrick", ["completion", shell]).trim();
}

/** Returns suggestions for the last word, in the form that the script reads. */
export function completionsFor(
  shell: string,
  words: readonly string[],
  families: readonly ListedFamily[],
  table: CommandTable,
): string {
  const before = words.slice(0, -1);
  const vocabulary = vocabularyOf(families, before);
  const found = suggestions([...before, words.at(-1) ?? ""], vocabulary, table);
  return [...generatorOf(shell).encodeSuggestions(found)].join("");
}

function generatorOf(shell: string): ShellCompletion {
  if (Object.hasOwn(generators, shell)) return generators[shell as Shell];
  throw new UnbrickError(
    "usage",
    text`There is no completion for "${shell}". ${hintAt(shell, shells)}`,
    {
      shell,
    },
  );
}
