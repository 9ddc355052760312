import { dirname } from "node:path";
import type { Change } from "./mutant_id.ts";
import { roomOf, rooms } from "./rooms.ts";
import { runFile } from "./run_settings.ts";

/** What came of one mutant. */
export interface Result extends Change {
  /** As Stryker says it: Killed, Timeout, Survived, NoCoverage. */
  readonly status: string;
  /** The test that noticed it. */
  readonly killer?: string;
  readonly isStatic?: boolean;
}

const FILE = "results.jsonl";

/** Writes a result down at once, so that an interrupted run has not run in vain. */
export function addResult(result: Result): void {
  Deno.writeTextFileSync(runFile(FILE), JSON.stringify(result) + "\n", { append: true });
}

/** Returns the results of the run so far. */
export function readResults(): readonly Result[] {
  try {
    return Deno.readTextFileSync(runFile(FILE)).trim().split("\n").map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

/** Returns true if a test failed, or did not end because of the mutant. */
export const isKilled = ({ status }: Result) => status === "Killed" || status === "Timeout";

/** Returns what a person needs to know about a mutant that was not noticed. */
export function resultText(result: Result): string | undefined {
  if (isKilled(result)) return undefined;
  const { file, line, id, status } = result;
  const why = status === "NoCoverage" ? " (no test comes here)" : "";
  return [
    `survived ${file}:${line}${why}`,
    `         ${oneLine(result.old)}  ->  ${oneLine(result.new)}`,
    `         again: deno task mutants --only ${file} --mutant ${id} --tests ${dirname(file)}`,
  ].join("\n");
}

const oneLine = (text: string) => {
  const plain = text.replaceAll(/\s+/g, " ");
  return plain.length > 160 ? `${plain.slice(0, 120)} … ${plain.slice(-30)}` : plain;
};

/** One line of the table: a room, or all of them. */
export interface Score {
  readonly name: string;
  readonly wanted?: number;
  readonly mutants: number;
  readonly killed: number;
}

/**
 * Returns the score of each room that has results, and that of all.
 * @param least the score in percent that is wanted of all
 */
export function scores(results: readonly Result[], least?: number): readonly Score[] {
  const score = (of: readonly Result[]) => {
    return { mutants: of.length, killed: of.filter(isKilled).length };
  };
  return [
    ...rooms.map((room) => {
      const { name, wanted } = room;
      return { name, wanted, ...score(results.filter(({ file }) => roomOf(file) === room)) };
    }).filter(({ mutants }) => mutants > 0),
    { name: "all", ...(least !== undefined && { wanted: least }), ...score(results) },
  ];
}

/** Returns the scores as a table of Markdown, as docs/MUTANTS.md has it. */
export function table(all: readonly Score[]): string {
  const rows = all.map(({ name, wanted, mutants, killed }) => [
    name,
    `${mutants}`,
    `${killed}`,
    `${mutants - killed}`,
    `${percent({ mutants, killed }).toFixed(1)} %`,
    wanted === undefined ? "" : `${wanted} %`,
  ]);
  const lines = [["room", "mutants", "killed", "survived", "score", "wanted"], ...rows];
  const widths = lines[0].map((_, at) => Math.max(...lines.map((line) => line[at].length)));
  const text = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at])).join(" | ")} |`;
  return [text(lines[0]), text(widths.map((width) => "-".repeat(width))), ...rows.map(text)]
    .join("\n");
}

export const percent = ({ mutants, killed }: { mutants: number; killed: number }) =>
  mutants === 0 ? 100 : 100 * killed / mutants;

/** Fewer mutants than this are not judged: their score says too little. */
const JUDGED = 100;

/** Returns true if a score is the wanted one, or cannot be judged. */
export const isGood = ({ wanted = 0, mutants, killed }: Score): boolean =>
  mutants < JUDGED || percent({ mutants, killed }) >= wanted;
