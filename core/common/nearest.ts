import { joined, text, type Words } from "./text.ts";

/** Returns the candidates closest to a mistyped word, best first, without unlikely ones. */
export function nearest(word: string, candidates: readonly string[], most = 3): string[] {
  const wanted = word.toLowerCase();
  const farthest = Math.max(1, Math.floor(wanted.length / 3));
  return candidates
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= farthest)
    .sort((one, other) => one.distance - other.distance)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** Returns a hint for a word that is not a candidate: the likely candidates, or all of them. */
export function hintAt(word: string, candidates: readonly string[]): Words {
  const near = nearest(word, candidates);
  return near.length > 0
    ? text`Did you mean ${joined(near, text` or `)}?`
    : text`There are: ${candidates.join(", ")}.`;
}

/**
 * Returns the number of insertions, deletions, replacements and swaps of adjacent letters between
 * two words.
 */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = last[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, replaced);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
      }
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length];
}
