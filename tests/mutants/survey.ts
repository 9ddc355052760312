import { killerText, type Run, runKiller } from "./killers.ts";
import type { Killer, Mutant } from "./safety/mutant.ts";
import { Scratch } from "./scratch.ts";

/** What came of one mutant. */
export interface Verdict {
  readonly mutant: Mutant;
  /** `broken`: it says nothing, because it does not apply, or its killers fail without it. */
  readonly end: "killed" | "survived" | "broken";
  /** What noticed it. */
  readonly killer?: Killer;
  readonly ms: number;
  readonly output: string;
}

export interface SurveyOptions {
  /** Copies of the checkout that work at the same time. */
  readonly workers: number;
  tell(verdict: Verdict): void;
}

/** The least time that a killer gets, ms; a busy machine may need it for the start alone. */
const LEAST_MS = 60_000;
/** How many times longer than without the mutant a killer may take. */
const SLOWER = 6;

/** Tries mutants, each in a copy of the checkout. */
export async function survey(
  mutants: readonly Mutant[],
  { workers, tell }: SurveyOptions,
): Promise<readonly Verdict[]> {
  const root = new URL("../..", import.meta.url).pathname;
  const left = [...mutants];
  const verdicts: Verdict[] = [];
  const sound = new Map<string, Promise<Run>>();
  await Promise.all(Array.from({ length: workers }, async () => {
    const scratch = Scratch.make(root);
    try {
      for (let mutant = left.shift(); mutant; mutant = left.shift()) {
        const verdict = await tryMutant(scratch, mutant, sound);
        verdicts.push(verdict);
        tell(verdict);
      }
    } finally {
      scratch.remove();
    }
  }));
  return verdicts;
}

async function tryMutant(
  scratch: Scratch,
  mutant: Mutant,
  sound: Map<string, Promise<Run>>,
): Promise<Verdict> {
  const from = performance.now();
  const verdict = (end: Verdict["end"], output = "", killer?: Killer) => {
    return { mutant, end, ms: performance.now() - from, output, ...(killer && { killer }) };
  };
  try {
    for (const killer of mutant.killers) {
      const key = killerText(killer);
      // Without the mutant it must pass, or its failure would say nothing.
      if (!sound.has(key)) sound.set(key, runKiller(scratch.folder, killer, 10 * LEAST_MS));
      const without = await sound.get(key)!;
      if (without.end !== "passed") return verdict("broken", without.output, killer);
      const limit = Math.max(LEAST_MS, SLOWER * without.ms);
      const { end, output } = await scratch.with(
        mutant,
        () => runKiller(scratch.folder, killer, limit),
      );
      if (end === "broken") return verdict("broken", output, killer);
      if (end !== "passed") return verdict("killed", output, killer);
    }
    return verdict("survived");
  } catch (error) {
    return verdict("broken", String(error));
  }
}
