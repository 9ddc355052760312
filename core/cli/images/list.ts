import { jobVerbs } from "../../plan/job_words.ts";
import { type Candidate, type Choice, chooseSet, isForSimulation } from "../../image/choose_set.ts";
import type { Board } from "../../family/board.ts";
import { placesFor } from "../../image/completeness.ts";
import type { ImageRole } from "../../image/image.ts";
import type { PublicKey, Trust } from "../../image/signature.ts";
import { trustIn } from "../../image/signature.ts";
import { asUnbrickError, failureOf } from "../../common/errors.ts";
import { allBoards } from "../devices/board_names.ts";
import { allSets, type ImageSets, imageSets, pinnedKey, setsForCameras } from "./image_sets.ts";
import { table, wrap } from "../terminal/layout.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";
import { measuringJob, missingLines, whereLines } from "./missing_images.ts";
import { text, type Words } from "../../common/text.ts";

/** `images list`: shows the sets, which one each board would use and why, and what is missing. */
export function listSets(session: Session): number {
  const sets = imageSets(session);
  const pinned = pinnedKey(session);
  const boards = allBoards(session.families).map(({ board }) => board)
    .filter((board) => measuringJob(board) !== undefined);
  const uses = boards.map((board) => usedImages(board, sets, pinned));
  if (session.options.json) {
    for (const set of allSets(sets)) printJson(session, { type: "set", ...setFacts(set, pinned) });
    for (const { name, error } of sets.broken) {
      printJson(session, { type: "broken-set", name, error: failureOf(error) });
    }
    for (const set of sets.replaced) printJson(session, { type: "replaced-set", ...set });
    for (const { board, job, choice, refused } of uses) {
      printJson(session, {
        type: "use",
        board: board.id,
        job,
        set: choice?.set.name ?? null,
        lenders: choice?.lenders.map(({ name }) => name) ?? [],
        why: choice?.reason ?? refused ?? text`no set contains images for it`,
        missing: choice?.missing.map(({ role }) => role) ?? null,
        forSimulation: choice ? isForSimulation(choice.set, board) : null,
        whereToGet: placesFor(wanted({ board, choice })),
      });
    }
    return 0;
  }
  const { columns } = session.console;
  const { bold } = makeStyle(session.console);
  const [head, ...rows] = table([
    [text`SET`, text`VERSION`, text`BOARDS`, text`SIGNED`, text`FOR`],
    ...allSets(sets).map((set) => setRow(set, pinned)),
  ]);
  const [useHead, ...useRows] = useLines(uses, columns);
  printLines(session, [
    bold(head),
    ...rows,
    ...sets.broken.flatMap(({ name, error }) =>
      wrap(text`The set ${name} cannot be used: ${error.text}`, columns)
    ),
    ...sets.replaced.flatMap(({ name, folder }) =>
      wrap(
        text`An older set ${name} is still in ${folder}. It is not used, and the next import
          removes it.`,
        columns,
      )
    ),
    "",
    bold(useHead),
    ...useRows,
  ]);
  return 0;
}

interface Use {
  readonly board: Board;
  readonly job: "restore" | "flash";
  readonly choice?: Choice;
  /** The reason if no set is trusted. */
  readonly refused?: Words;
}

/** Returns the images that a real camera would get without further options. */
function usedImages(board: Board, sets: ImageSets, pinned?: PublicKey): Use {
  const job = measuringJob(board)!;
  try {
    return {
      board,
      job,
      choice: chooseSet(setsForCameras(sets), sets.bundled, { board, job, isReal: true, pinned }),
    };
  } catch (error) {
    return { board, job, refused: asUnbrickError(error).text };
  }
}

/** Returns the roles whose images are missing, or for simulated cameras only. */
function wanted({ board, choice }: Pick<Use, "board" | "choice">): readonly ImageRole[] {
  if (!choice) return [];
  return isForSimulation(choice.set, board) ? board.roles : choice.missing;
}

function setFacts(set: Candidate, pinned: PublicKey | undefined) {
  const { name, isBundled, pack } = set;
  return {
    name,
    isBundled,
    version: pack.manifest.version ?? null,
    boards: pack.boards(),
    files: pack.manifest.files.length,
    trust: trustIn(pack, pinned),
    pinnedKey: pinned?.id ?? null,
    purpose: purpose(set),
  };
}

function purpose({ pack }: Candidate): Words {
  const { files } = pack.manifest;
  const marked = files.filter(({ simulationOnly }) => simulationOnly).length;
  if (marked === 0) return text`real cameras`;
  return marked === files.length ? text`simulated cameras only` : text`some simulated cameras only`;
}

const trusts: Readonly<Record<Trust, Words>> = {
  unsigned: text`no`,
  unchecked: text`yes, by an unknown key`,
  signed: text`by the pinned key`,
  refused: text`not by the pinned key`,
};

function setRow(set: Candidate, pinned: PublicKey | undefined): Words[] {
  const { name, pack } = set;
  return [
    name,
    pack.manifest.version ?? "-",
    String(pack.boards().length),
    trusts[trustIn(pack, pinned)],
    purpose(set),
  ];
}

/** Returns a heading, a row for each board, and what is missing. */
function useLines(uses: readonly Use[], width: number): string[] {
  const rows = uses.map(({ board, job, choice, refused }) => [
    board.id,
    jobVerbs[job],
    choice ? [choice.set, ...choice.lenders].map(({ name }) => name).join(" + ") : "-",
    choice ? choice.reason : refused ?? text`no set contains images for it`,
  ]);
  const missing = uses.flatMap(({ board, job, choice }) => {
    if (!choice) return [];
    if (choice.missing.length > 0) return missingLines(board, job, choice.missing, width);
    return [];
  });
  const practice = uses.filter(({ board, choice }) => choice && isForSimulation(choice.set, board))
    .map(({ board }) => board);
  const where = whereLines(uses.flatMap(wanted), width);
  return [
    ...table([[text`BOARD`, text`JOB`, text`SET`, text`WHY`], ...rows]).flatMap((row) =>
      wrap(row, width)
    ),
    ...(missing.length > 0 ? ["", ...missing] : []),
    ...(practice.length > 0
      ? [
        "",
        ...wrap(
          text`These images are for simulated cameras only: ${
            practice.map(({ id }) => id).join(", ")
          }. For real
            cameras, import an OpenMV firmware release: unbrick images import FILE`,
          width,
        ),
      ]
      : []),
    ...(where.length > 0 ? ["", ...where] : []),
  ];
}
