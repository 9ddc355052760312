import { basename, join } from "node:path";
import { families } from "../support/boards/families.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import { missingRoles } from "../../core/image/completeness.ts";
import { checkedBoards, type ImportedBoard, importSet } from "../../core/image/import_set.ts";
import { packOf } from "../../core/image/pack.ts";
import type { ImageSource } from "../../core/image/source.ts";
import { openSource } from "../../core/image/source.ts";
import { makeZip } from "../../core/image/zip_writer.ts";
import { foldersOf } from "../../core/image/release_layout.ts";
import type { GenuineFile } from "./genuine_file.ts";
import { trueRefusal } from "./true_refusals.ts";

/** What `images import` makes of a release, as a folder and as a zip of it. */
export interface Imported {
  /** Path of the release below the collection. */
  readonly path: string;
  /** Ids of the boards that get images; none if the release is refused. */
  readonly boards: readonly string[];
  /** Why it is refused: an id of the list of true refusals. */
  readonly refusal?: string;
  readonly faults: readonly string[];
}

/** Imports every folder of the collection that contains folders of boards or Alif's packages. */
export function importAll(root: string, files: readonly GenuineFile[]): Imported[] {
  const placed = files.filter((file) =>
    isInFolder(file) || file.roles.some(({ comesWith }) => comesWith)
  );
  const releases = Map.groupBy(placed, releaseFolder);
  return [...releases].map(([path, members]) => {
    const ways = [
      attempt(path, members, (use) => use(openSource(join(root, path)))),
      attempt(path, members, (use) => withZip(path, files, use)),
    ];
    const [folder, zip] = ways;
    const isSame = folder.refusal === zip.refusal && `${folder.boards}` === `${zip.boards}`;
    return {
      ...folder,
      faults: [
        ...ways.flatMap(({ faults }) => faults),
        ...(isSame ? [] : [`${path}: its zip is taken otherwise than its folder`]),
      ],
    };
  });
}

/** `openmv-releases/v3.0` of `openmv-releases/v3.0/OPENMV4/firmware.bin`. */
function releaseFolder(file: GenuineFile): string {
  const folders = file.path.split("/").slice(0, -1);
  return (isInFolder(file) ? folders.slice(0, -1) : folders).join("/");
}

/** True for a file in a folder that is named as its board's folders in releases are. */
function isInFolder({ path, board }: GenuineFile): boolean {
  return board !== undefined && foldersOf(board).includes(path.split("/").at(-2) ?? "");
}

function attempt(
  path: string,
  members: readonly GenuineFile[],
  open: (use: (source: ImageSource) => Imported) => Imported,
): Imported {
  try {
    return open((source) => {
      const { boards } = importSet(source, checkedBoards(families));
      const faults = boards.flatMap((one) => planFaults(source, one));
      return { path, boards: boards.map(({ board }) => board.id), faults };
    });
  } catch (error) {
    if (!(error instanceof UnbrickError) || !isKind(error, "bad-image", "wrong-board")) throw error;
    const file = members.find((one) => trueRefusal(one, error));
    if (file) return { path, boards: [], refusal: trueRefusal(file, error)!.id, faults: [] };
    return { path, boards: [], faults: [`${path} cannot be imported: ${error.message}`] };
  }
}

/** What has been imported can be planned, for each job that it is complete for. */
function planFaults({ files }: ImageSource, { board, roles }: ImportedBoard): string[] {
  const family = families.find((one) => one.boards.includes(board))!;
  const images = packOf(files).imagesFor(board), there = new Set(roles);
  return (["restore", "flash"] as const).flatMap((job) => {
    if (board.jobs[job] !== true || missingRoles(board, job, there).length > 0) return [];
    try {
      family.plan(job, board, images, {});
      return [];
    } catch (error) {
      return [`${images.origin}: no ${job} of the ${board.name}: ${(error as Error).message}`];
    }
  });
}

/** A zip is read by position, so it stays until it has been used. */
function withZip<T>(
  path: string,
  files: readonly GenuineFile[],
  use: (source: ImageSource) => T,
): T {
  const below = files.filter((one) => one.path.startsWith(`${path}/`));
  const zip = makeZip(
    new Map(
      below.map((one) => [one.path.slice(path.length + 1), Deno.readFileSync(one.full)]),
    ),
  );
  const folder = Deno.makeTempDirSync({ prefix: "unbrick-corpus-" });
  try {
    const file = join(folder, `firmware_${basename(path)}.zip`);
    Deno.writeFileSync(file, zip);
    return use(openSource(file));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
