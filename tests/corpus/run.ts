import type { CorpusResult } from "./document.ts";
import { genuineFilesBelow } from "./genuine_file.ts";
import { importAll } from "./imports.ts";
import { judge } from "./judgement.ts";

/**
 * Goes through the collection.
 * @param percent of the files that are tried, evenly spread; imports are always all tried
 * @param tell is told what each file turned out to be
 */
export function runCorpus(
  root: string,
  percent: number,
  tell: (line: string) => void = () => {},
): CorpusResult {
  const begin = performance.now();
  const files = genuineFilesBelow(root);
  const chosen = files.filter((_, at) =>
    Math.floor(at * percent / 100) !== Math.floor((at + 1) * percent / 100)
  );
  const judgements = chosen.map((file) => {
    const judgement = judge(file);
    const { own, refusal, faults } = judgement;
    tell(`${file.path}: ${own}${refusal ? ` (${refusal.id})` : ""}`);
    for (const fault of faults) tell(`  ${fault}`);
    return judgement;
  });
  const imports = importAll(root, files);
  return { judgements, imports, seconds: (performance.now() - begin) / 1000 };
}
