/** A citation of a fact sheet: its file and, if the text names one, a section of it. */
export interface Citation {
  readonly path: string;
  /** Line number, from 1. */
  readonly line: number;
  /** The name of the sheet, as in `dfu-dfuse.md`. */
  readonly sheet: string;
  /** The section, as in `B7`, `C.2`, `5.2.1`. */
  readonly section?: string;
  /** The number of a list item in the section, as in "2.5 step 5". */
  readonly item?: number;
}

/** The numbered headings of a sheet, each with the numbers of its list items. */
export type Sections = ReadonlyMap<string, ReadonlySet<number>>;

const SECTION = String.raw`(?:[A-Z](?:\.?\d+(?:\.\d+)*)?|\d+(?:\.\d+)*)(?![\w-])`;
/**
 * A space, or the end of a line with the star or slashes at the start of the next line of a
 * comment.
 */
const GAP = String.raw`(?: |\s*\n\s*(?:\*|//)?\s*)`;
const STEP = String.raw`(?:${GAP}(?:step|item)${GAP}\d+)?`;
const LIST = String
  .raw`${SECTION}${STEP}(?:(?:,${GAP}|${GAP}to${GAP}|${GAP}and${GAP})${SECTION}${STEP})*`;
const MENTION = new RegExp(
  String.raw`(?<![\w./-])(?:docs/facts/)?([a-z][\w-]*\.md)(?:(?:${GAP}section)?${GAP}(${LIST}))?`,
  "g",
);
const ONE = new RegExp(String.raw`(${SECTION})(?:${GAP}(?:step|item)${GAP}(\d+))?`, "g");

/**
 * Returns the citations in a text. Names of sheets are in lower case. "B3, B6 to B8" are three
 * citations.
 */
export function citations(path: string, text: string): Citation[] {
  return [...text.matchAll(MENTION)].flatMap(({ 1: sheet, 2: list, index }): Citation[] => {
    const place = { path, line: lineAt(text, index), sheet };
    if (list === undefined) return [place];
    return [...list.matchAll(ONE)].map(([, section, item]) =>
      item === undefined ? { ...place, section } : { ...place, section, item: Number(item) }
    );
  });
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** Returns the numbered headings of a sheet, such as `### B7. Poll timeouts` or `## 5. Files`. */
export function sectionsOf(sheet: string): Sections {
  const sections = new Map<string, Set<number>>();
  let items = new Set<number>();
  for (const line of sheet.split("\n")) {
    const heading = /^#{2,4} ([A-Z](?:\.?\d+(?:\.\d+)*)?|\d+(?:\.\d+)*)[. ]/.exec(line);
    const item = /^(\d+)\. /.exec(line);
    if (heading) sections.set(heading[1], items = new Set());
    else if (item) items.add(Number(item[1]));
  }
  return sections;
}

/** Returns what is wrong with a citation; undefined if sheet, section and item exist. */
export function citationDefect(
  { sheet, section, item }: Citation,
  sheets: ReadonlyMap<string, Sections>,
): string | undefined {
  const sections = sheets.get(sheet);
  if (!sections) return `docs/facts has no ${sheet}`;
  if (section === undefined) return undefined;
  if (item !== undefined) {
    return sections.get(section)?.has(item)
      ? undefined
      : `${sheet} has no item ${item} in section ${section}`;
  }
  const dot = section.lastIndexOf(".");
  const isItem = sections.get(section.slice(0, dot))?.has(Number(section.slice(dot + 1)));
  return sections.has(section) || (dot > 0 && isItem)
    ? undefined
    : `${sheet} has no section ${section}`;
}
