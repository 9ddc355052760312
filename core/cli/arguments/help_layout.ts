import type { DocPage, DocSection } from "@optique/core/doc";
import type { Message } from "@optique/core/message";
import type { Usage } from "@optique/core/usage";
import { say } from "../language/say.ts";
import { columnsOf, padded } from "../terminal/columns.ts";
import { headingOf, translatedMessage } from "./translated_message.ts";

/**
 * Lays out a help page line for line as Optique's `formatDocPage` does. That function takes more
 * processor time than the rest of `--help`, in Chinese several times as much. Here a page consists of
 * texts and line breaks, without colours, defaults and choices; a test compares each page.
 */

/** Columns for the name of a command, option or argument. */
const NAME = 26;
const INDENT = "  ";
/** Columns before a description. */
const MARGIN = INDENT.length + NAME + 2;

/** Returns a help page in the current language. @param width columns, at least 40 */
export function layHelpOut(program: string, page: DocPage, width: number): string {
  const { brief, usage = [], description, sections, footer } = page;
  const shown = sections.filter(({ entries }) => entries.length > 0)
    .toSorted((a, b) => rank(a) - rank(b));
  const lines = [
    ...(brief ? wrapped(brief, width) : []),
    ...usageLines([program, ...wordsOf(usage)], width),
    ...(description ? ["", ...wrapped(description, width)] : []),
    ...shown.flatMap((section) => ["", ...sectionLines(section, width)]),
    ...(footer ? ["", ...wrapped(footer, width)] : []),
  ];
  return lines.join("\n");
}

/** Commands come first, then what has no title. */
function rank({ entries, title }: DocSection): number {
  const commands = entries.filter(({ term }) => term.type === "command").length;
  const kind = commands === entries.length ? 0 : commands > 0 ? 1 : 2;
  return kind - (title === undefined ? 1 : 0);
}

function sectionLines({ title, entries }: DocSection, width: number): string[] {
  const heading = title === undefined ? [] : [say(headingOf(`${title}:`))];
  return heading.concat(entries.flatMap(({ term, description = [] }) => {
    const [name] = wordsOf([term]);
    const beyond = Math.max(0, columnsOf(name) - NAME);
    const [first, ...more] = wrapped(description, width - MARGIN, beyond);
    return [
      `${INDENT}${padded(name, NAME)}  ${first}`,
      ...more.map((line) => " ".repeat(MARGIN) + line),
    ];
  }));
}

/** Returns each term of a usage as it is typed: `--image ROLE=FILE`. */
function wordsOf(usage: Usage): string[] {
  return usage.map((term) => {
    if (term.type === "option") {
      return term.names.join(", ") + (term.metavar === undefined ? "" : ` ${term.metavar}`);
    }
    if (term.type === "argument") return term.metavar;
    if (term.type === "command") return term.name;
    if (term.type === "literal") return term.value;
    throw new TypeError(`no help page has a term of the type ${term.type}`);
  });
}

/** Returns the usage, broken only between its terms. */
function usageLines(words: readonly string[], width: number): string[] {
  const label = `${say(headingOf("Usage:"))} `, margin = columnsOf(label);
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const joined = `${last} ${word}`;
    if (last === undefined || columnsOf(joined) > width - margin) lines.push(word);
    else lines[lines.length - 1] = joined;
  }
  return lines.map((line, at) => (at === 0 ? label : " ".repeat(margin)) + line);
}

/**
 * Translates a message and breaks it to lines of at most `width` columns, where a space at the end
 * counts.
 * @param taken columns of the first line that are taken already
 */
function wrapped(message: Message, width: number, taken = 0): string[] {
  const lines = [""];
  let columns = taken;
  const newLine = () => {
    lines.push("");
    columns = 0;
  };
  for (const term of translatedMessage(message)) {
    if (term.type !== "text") {
      newLine();
      continue;
    }
    for (const piece of term.text.match(/\s*\S+\s*/g) ?? [" "]) {
      const overflows = columns > 0 && columns + columnsOf(piece) > width;
      const word = overflows ? piece.trimStart() : piece;
      if (word === "") continue;
      if (overflows) newLine();
      lines[lines.length - 1] += word;
      columns += columnsOf(word);
    }
  }
  return lines;
}
