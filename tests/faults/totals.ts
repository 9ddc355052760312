import type { Problem, ProblemKind } from "../support/faults/judge.ts";

/** The results of some cases of one family. */
export interface Tally {
  runs: number;
  /** Runs in which no planned fault happened, as is common for the second of two. */
  unhit: number;
  rescued: number;
  ms: number;
  readonly problems: Record<ProblemKind, number>;
  /** Counts of the ends of runs with one fault, by `fault end`. */
  readonly ends: Record<string, number>;
}

export function emptyTally(): Tally {
  return {
    runs: 0,
    unhit: 0,
    rescued: 0,
    ms: 0,
    problems: {
      "false-success": 0,
      "not-repaired": 0,
      "fuse": 0,
      "wrong-end": 0,
      "disaster": 0,
    },
    ends: {},
  };
}

/** The results that a worker returns for its cases. */
export interface Part {
  readonly tallies: Readonly<Record<string, Tally>>;
  readonly problems: readonly Problem[];
}

export class Totals {
  readonly problems: Problem[] = [];
  readonly #families = new Map<string, Tally>();

  add({ tallies, problems }: Part): void {
    this.problems.push(...problems);
    for (const [family, tally] of Object.entries(tallies)) {
      const sum = this.#families.get(family) ?? emptyTally();
      this.#families.set(family, sum);
      sum.runs += tally.runs;
      sum.unhit += tally.unhit;
      sum.rescued += tally.rescued;
      sum.ms += tally.ms;
      addNumbers(sum.problems, tally.problems);
      addNumbers(sum.ends, tally.ends);
    }
  }

  get runs(): number {
    return this.#sum().runs;
  }

  /** Returns one row per family, and their sum. */
  table(): string {
    const rows = [...this.#families, ["all", this.#sum()] as const].map(([name, tally]) => [
      name,
      tally.runs,
      tally.problems["false-success"],
      tally.problems["not-repaired"],
      tally.problems.fuse,
      tally.problems["wrong-end"],
      tally.problems.disaster,
      tally.rescued,
      tally.unhit,
      `${Math.round(tally.ms / 1000)} s`,
    ]);
    return aligned([HEADINGS, ...rows.map((row) => row.map(String))]);
  }

  /** Returns how often each fault ended in which way. */
  ends(): string {
    return Object.entries(this.#sum().ends).sort().map(([end, count]) => `${end}: ${count}`)
      .join("\n");
  }

  #sum(): Tally {
    const all = emptyTally();
    for (const tally of this.#families.values()) {
      all.runs += tally.runs;
      all.unhit += tally.unhit;
      all.rescued += tally.rescued;
      all.ms += tally.ms;
      addNumbers(all.problems, tally.problems);
      addNumbers(all.ends, tally.ends);
    }
    return all;
  }
}

const HEADINGS = [
  "family",
  "runs",
  "false successes",
  "not repaired",
  "fuse early or twice",
  "wrong exit codes",
  "forbiddenOperations",
  "needed restore",
  "unhit",
  "run time",
];

function addNumbers(sum: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(more)) sum[key] = (sum[key] ?? 0) + count;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  return rows.map((row) =>
    row.map((cell, at) => at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])).join("  ")
  ).join("\n");
}
