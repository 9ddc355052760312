import { UnbrickError } from "../../common/errors.ts";
import { byteSize } from "../../common/format.ts";
import { missingRoles, placesFor } from "../../image/completeness.ts";
import { checkedBoards, importSet, type NewSet } from "../../image/import_set.ts";
import { setName } from "../../image/manifest.ts";
import { manifestName, signatureName } from "../../image/manifest_set.ts";
import { refuseUntrusted } from "../../image/signature.ts";
import { openSource } from "../../image/source.ts";
import { loadJobs } from "../../family/family.ts";
import { allBoards } from "../devices/board_names.ts";
import { isBundledName, pinnedKey, storeOf } from "./image_sets.ts";
import { replacedBy } from "./replaced_set.ts";
import { wrap } from "../terminal/layout.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";
import { measuringJob, missingLines, whereLines } from "./missing_images.ts";
import { plural, text, type Words } from "../../common/text.ts";

/**
 * `images import PATH`: checks all files, then stores them. Stores nothing if one file is refused.
 * @param mayReplace A set of the same name is replaced even if it is newer, or nothing tells.
 * @throws UnbrickError `usage`, `not-found`, `bad-image`, `wrong-board`, `consent-needed`, `busy`,
 * `cancelled`
 */
export async function importImages(
  session: Session,
  path: string,
  name: string | undefined,
  mayReplace = false,
): Promise<number> {
  const store = storeOf(session);
  if (!store) {
    throw new UnbrickError(
      "not-found",
      text`The environment does not name a home folder, so there is nowhere to keep images.`,
      { folder: null },
    );
  }
  if (name !== undefined) refuseName(name);
  const families = await Promise.all(session.families.map(loadJobs));
  const set = importSet(openSource(path), checkedBoards(families), name);
  refuseName(set.name);
  const signature = set.files.get(signatureName);
  refuseUntrusted(
    { manifestBytes: set.files.get(manifestName)!, ...(signature && { signature }) },
    path,
    pinnedKey(session),
  );
  const { clock, signal } = session.context;
  const replaces = await replacedBy(session, set, store.sets(), mayReplace);
  const isNew = await store.save(set.name, set.files, { clock, signal });
  tell(session, set, store.folder, isNew, replaces);
  return 0;
}

function refuseName(name: string): void {
  if (setName.test(name) && !isBundledName(name)) return;
  throw new UnbrickError(
    "usage",
    text`"${name}" cannot be the name of a set. Use at most 64 letters, digits, dots and dashes,
      and not a name that begins with "bundled".`,
    { name },
  );
}

function tell(
  session: Session,
  set: NewSet,
  folder: string,
  isNew: boolean,
  replaces: Words | undefined,
): void {
  const missing = set.boards.map(({ board, roles, sources }) => {
    const job = measuringJob(board);
    const there = new Set(roles);
    return { board, sources, job, missing: job ? missingRoles(board, job, there) : [] };
  });
  const without = allBoards(session.families).map(({ board }) => board)
    .filter((board) => measuringJob(board) && !set.boards.some((one) => one.board === board))
    .map(({ id }) => id);
  const { bytes } = set.files;
  if (session.options.json) {
    printJson(session, {
      type: "imported",
      set: set.name,
      isNew,
      folder,
      files: set.files.size,
      bytes,
      boards: missing.map(({ board, sources, missing }) => ({
        board: board.id,
        missing: missing.map(({ role }) => role),
        whereToGet: placesFor(missing),
        taken: [...sources].map(([role, source]) => ({ role, source })),
      })),
      without,
      notes: [...(replaces ? [replaces] : []), ...set.notes],
    });
    return;
  }
  const { columns } = session.console;
  const style = makeStyle(session.console);
  const files = plural(set.files.size, text`${set.files.size} file`, text`${set.files.size} files`);
  const count = set.boards.length;
  const boards = plural(count, text`${count} board`, text`${count} boards`);
  const what = text`${files}, ${byteSize(bytes)}, for ${boards}`;
  printLines(session, [
    ...wrap(
      isNew
        ? text`The set ${set.name} was imported: ${what}.`
        : text`The set ${set.name} was already imported and is intact: ${what}.`,
      columns,
      `${style.done} `,
    ).map(style.good),
    ...wrap(text`It is in ${folder}`, columns, "  "),
    ...(replaces ? wrap(replaces, columns, "  ") : []),
    ...takenLines(set, columns),
    ...set.notes.flatMap((note) => wrap(note, columns, "  ")),
    ...(without.length > 0
      ? wrap(text`It contains nothing for ${without.join(", ")}.`, columns, "  ")
      : []),
    ...missing.flatMap(({ board, job, missing }) =>
      job ? missingLines(board, job, missing, columns) : []
    ),
    ...whereLines(missing.flatMap(({ missing }) => missing), columns),
  ]);
}

/** Returns what was taken from each folder, and for which boards. */
function takenLines({ boards }: NewSet, width: number): string[] {
  const taken = boards.flatMap(({ board, sources }) =>
    [...sources.values()].map((source) => {
      const end = Math.max(source.lastIndexOf("/"), source.lastIndexOf("\\"));
      return { folder: source.slice(0, end), file: source.slice(end + 1), board: board.id };
    })
  );
  return [...Map.groupBy(taken, ({ folder }) => folder)].flatMap(([folder, files]) => {
    const names = [...new Set(files.map(({ file }) => file))].join(", ");
    const ids = [...new Set(files.map(({ board }) => board))].join(", ");
    return wrap(text`From ${folder}, for ${ids}: ${names}`, width, "  ");
  });
}
