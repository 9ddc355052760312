import { createHash } from "node:crypto";
import type { Mutant } from "@stryker-mutator/api/core";

/** A change to one place of a source. */
export interface Change {
  /** Below the project's root. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly old: string;
  readonly new: string;
  /** Eight digits that stay the same while the line itself does, wherever it moves. */
  readonly id: string;
}

/** Returns what a mutant changes. @param source The whole source without mutants */
export function changeOf(
  file: string,
  source: string,
  { location: { start, end }, replacement }: Pick<Mutant, "location" | "replacement">,
): Change {
  const lines = source.split("\n");
  const old = lines.slice(start.line, end.line + 1).map((text, at) =>
    text.slice(at === 0 ? start.column : 0, at === end.line - start.line ? end.column : undefined)
  ).join("\n");
  const line = lines[start.line];
  const column = start.column - (line.length - line.trimStart().length);
  const parts = [file, line.trim(), column, old, replacement];
  const id = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 8);
  return { file, line: start.line + 1, old, new: replacement, id };
}
