import type { DocEntry, DocPage, DocSection } from "@optique/core/doc";
import type { Message } from "@optique/core/message";
import { getDocPageSync } from "@optique/core/parser";
import { exitCodeRows } from "../../core/cli/arguments/exit_codes.ts";
import type { Command, Example } from "../../core/cli/arguments/command.ts";
import { type CommandTable, parserOf } from "../../core/cli/arguments/grammar.ts";
import { rootHelp } from "../../core/cli/arguments/root_help.ts";
import { bold, italic, plain, request } from "./roff.ts";

/** The man page, from the tables that `--help` is made from. */

/** Returns unbrick.1, in the man macros. @param date `2026-11-30` */
export function manPage(table: CommandTable, version: string, date: string): string {
  const pages = table.commands.map((command) => ({ command, page: pageOf(command) }));
  return [
    request("TH", "UNBRICK", "1", date, `unbrick ${version}`, "User Commands"),
    // Names of options are never hyphenated, and lines never stretched.
    request("nh"),
    request("ad", "l"),
    request("SH", "NAME"),
    plain(`unbrick - ${sentenceWithoutEnd(words(rootHelp.brief))}`),
    request("SH", "SYNOPSIS"),
    `${bold("unbrick")} ${plain(rootHelp.usage)}`,
    request("SH", "DESCRIPTION"),
    plain(table.unnamed.brief.toString()),
    ...examples(rootHelp.examples),
    request("SH", "COMMANDS"),
    ...pages.flatMap(({ command, page }) => commandLines(command, page)),
    request("SH", "TOOLS OF VENDORS"),
    ...table.tools.flatMap(({ name, brief }) => tagged(bold(`unbrick ${name}`), brief.toString())),
    request("SH", "OPTIONS"),
    ...sharedOptions(pages.map(({ page }) => page)).flatMap(({ title, entries }) => [
      request("SS", title ?? ""),
      ...entries.flatMap(entryLines),
    ]),
    request("SH", "EXIT STATUS"),
    ...exitCodeRows().flatMap(([code, kind, meaning]) =>
      tagged(bold(code), kind ? `${meaning} (${kind})` : `${meaning}`)
    ),
    "",
  ].join("\n");
}

function pageOf(command: Command, ...action: readonly string[]): DocPage {
  return getDocPageSync(parserOf(command), [command.name, ...action])!;
}

function commandLines(command: Command, page: DocPage): string[] {
  const shared = page.sections.filter(({ title }) => title !== undefined)
    .flatMap(({ entries }) => entries.flatMap(({ term }) => namesOf(term)));
  return [
    request("SS", command.name),
    `${bold(`unbrick ${command.name}`)} ${plain(command.tail)}`.trimEnd(),
    ...paragraph(words(page.brief)),
    ...(page.description ? paragraph(words(page.description)) : []),
    ...ownEntries(page).filter(({ term }) => term.type !== "command").flatMap(entryLines),
    ...(command.actions ?? []).flatMap((action) => actionLines(command, action.name)),
    ...(shared.length > 0 ? paragraph(`Shared options: ${shared.join(", ")}.`) : []),
    ...examples(command.examples),
  ];
}

function actionLines(command: Command, name: string): string[] {
  const page = pageOf(command, name);
  const entries = ownEntries(page).flatMap(entryLines);
  const [action] = (command.actions ?? []).filter((one) => one.name === name);
  return [
    ...tagged(
      `${bold(`unbrick ${command.name} ${name}`)} ${plain(action.tail)}`.trimEnd(),
      words(page.brief),
    ),
    ...(entries.length > 0 ? [request("RS"), ...entries, request("RE")] : []),
  ];
}

const ownEntries = ({ sections }: DocPage): readonly DocEntry[] =>
  sections.filter(({ title }) => title === undefined).flatMap(({ entries }) => entries);

/** Returns the options that several commands share, each once, in the groups of the help. */
function sharedOptions(pages: readonly DocPage[]): DocSection[] {
  const groups = Map.groupBy(
    pages.flatMap(({ sections }) => sections).filter(({ title }) => title !== undefined),
    ({ title }) => title,
  );
  return [...groups].map(([title, sections]) => {
    const entries = sections.flatMap(({ entries }) => entries);
    const distinct = new Map(entries.map((entry) => [namesOf(entry.term).join(), entry]));
    return { title, entries: [...distinct.values()] };
  });
}

function namesOf(term: DocEntry["term"]): readonly string[] {
  return term.type === "option" ? term.names : [];
}

function entryLines({ term, description }: DocEntry): string[] {
  return tagged(termText(term), words(description));
}

function termText(term: DocEntry["term"]): string {
  if (term.type === "option") {
    const names = term.names.map(bold).join(", ");
    return term.metavar ? `${names} ${italic(term.metavar)}` : names;
  }
  if (term.type === "argument") return italic(term.metavar);
  throw new Error(`the man page has no form for a term of the type ${term.type}`);
}

function examples(lines: readonly Example[]): string[] {
  if (lines.length === 0) return [];
  return [
    ...paragraph("Examples:"),
    ...lines.flatMap(([line, what]) => tagged(bold(`unbrick ${line}`), what.toString())),
  ];
}

const tagged = (tag: string, text: string) => [request("TP"), tag, plain(text)];
const paragraph = (text: string) => [request("PP"), plain(text)];

/** Returns the words of a help text. */
function words(message: Message = []): string {
  return message.map((term) => {
    if (term.type === "text") return term.text;
    throw new Error(`the man page has no form for a ${term.type} in a help text`);
  }).join("").replaceAll(/\s+/g, " ");
}

/** Returns a sentence as the NAME section needs it: without a capital letter and without its end. */
function sentenceWithoutEnd(sentence: string): string {
  return sentence[0].toLowerCase() + sentence.slice(1).replace(/\.$/, "");
}
