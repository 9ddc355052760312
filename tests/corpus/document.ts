import type { Imported } from "./imports.ts";
import type { Judgement } from "./judgement.ts";
import { trueRefusals } from "./true_refusals.ts";

/** What a run over the collection found. */
export interface CorpusResult {
  readonly judgements: readonly Judgement[];
  readonly imports: readonly Imported[];
  /** Seconds that it took. */
  readonly seconds: number;
}

/** Everything that is wrong, one sentence each. */
export function faultsOf({ judgements, imports }: CorpusResult): string[] {
  return [...judgements, ...imports].flatMap(({ faults }) => faults);
}

/** The result as a Markdown page: a table by release, the imports, and the list of true refusals. */
export function corpusPage(result: CorpusResult): string {
  const { judgements, imports, seconds } = result;
  const releases = Map.groupBy(judgements, ({ file }) => file.release);
  const names = [...releases.keys()].toSorted((one, other) =>
    one.localeCompare(other, "en", { numeric: true })
  );
  const faults = faultsOf(result);
  return [
    "# Genuine files",
    "",
    "Written by `deno task corpus --write`. Each file of the collection was tried as each image of",
    "each board, with the functions that `restore`, `flash`, `images import` and the lines of other",
    'tools use. The files are not in this repository (CONTRIBUTING.md, "Genuine files").',
    "",
    `${judgements.length} files, ${imports.length} imports, ${faults.length} faults, ` +
    `${seconds.toFixed(0)} s.`,
    "",
    "| release | files | accepted | refused, listed | no image | refused elsewhere | with consent | any board | faults |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...names.map((name) => row(name, releases.get(name)!)),
    row("all", judgements),
    "",
    "- **accepted**, **refused, listed**: by the board that the file is made for.",
    "- **no image**: it belongs to no place of any board: a text, a signature, a package for another",
    "  part, uvc.bin.",
    "- **refused elsewhere**, **with consent**: places of boards in which the file does not belong.",
    "- **any board**: a ROMFS names no board; it was accepted by others that have room for it.",
    "",
    "## Imports",
    "",
    "Each as a folder and as a zip.",
    "",
    "| folder | boards | refused |",
    "| --- | --- | --- |",
    ...imports.map(({ path, boards, refusal, faults }) =>
      `| ${path} | ${boards.join(", ")} | ${refusal ?? (faults.length > 0 ? "**fault**" : "")} |`
    ),
    "",
    "## True refusals",
    "",
    "Why a genuine file of a board is refused by that board; everything else is a fault.",
    "",
    "| id | reason | files |",
    "| --- | --- | ---: |",
    ...trueRefusals.map((one) =>
      `| ${one.id} | ${one.reason} | ${
        judgements.filter(({ refusal }) => refusal === one).length
      } |`
    ),
    ...(faults.length === 0 ? [] : ["", "## Faults", "", ...faults.map((fault) => `- ${fault}`)]),
    "",
  ].join("\n");
}

function row(name: string, judgements: readonly Judgement[]): string {
  const count = (own: Judgement["own"]) => judgements.filter((one) => one.own === own).length;
  const sum = (of: (one: Judgement) => number) => judgements.reduce((all, one) => all + of(one), 0);
  const cells = [
    name,
    judgements.length,
    count("accepted"),
    count("refused"),
    count("no-place"),
    sum(({ refusedElsewhere }) => refusedElsewhere),
    sum(({ consents }) => consents),
    sum(({ anyBoard }) => anyBoard),
    sum(({ faults }) => faults.length),
  ];
  return `| ${cells.join(" | ")} |`;
}
