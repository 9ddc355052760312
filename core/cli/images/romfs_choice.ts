import { UnbrickError } from "../../common/errors.ts";
import { text } from "../../common/text.ts";
import type { Board } from "../../family/board.ts";
import type { JobOptions } from "../../family/family.ts";
import type { BoardImages } from "../../image/image.ts";
import { romfsHeadSize } from "../../image/romfs_owner.ts";
import type { Session } from "../session.ts";
import { allSets, imageSets } from "./image_sets.ts";
import { isNamedFile } from "./choose_images.ts";

/**
 * What happens to a ROMFS on the camera, and by what known ones are recognised: `auto`, unless the
 * command line says otherwise or names a ROMFS file itself.
 * @throws UnbrickError `usage` for a file that is named and must not be written
 */
export function romfsChoice(
  session: Session,
  board: Board,
  images: BoardImages,
  asked: JobOptions["romfs"],
): Pick<JobOptions, "romfs" | "knownRomfs"> {
  const given = images.all.filter(({ role }) => isRomfs(role));
  const named = given.find((image) => isNamedFile(session, image));
  if (named && asked === "keep") {
    throw new UnbrickError(
      "usage",
      text`${named.name} is a ROMFS to write, but --romfs keep writes none. Leave out one of the
        two.`,
      { file: named.name },
    );
  }
  const romfs = asked ?? (named ? "write" : "auto");
  if (romfs !== "auto") return { romfs };
  const heads = [images, ...setsWithRomfs(session, board)]
    .flatMap(({ all }) => all.filter(({ role }) => isRomfs(role)))
    .map(({ bytes }) => bytes.slice(0, romfsHeadSize));
  return { romfs, knownRomfs: heads };
}

/** What other sets have; a damaged one only makes fewer known. */
function setsWithRomfs({ context }: Session, board: Board): BoardImages[] {
  const roles = new Set(board.roles.map(({ role }) => role).filter(isRomfs));
  return allSets(imageSets({ context })).flatMap(({ pack }) => {
    try {
      return pack.listed(board).size > 0 ? [pack.imagesFor(board, roles)] : [];
    } catch {
      return [];
    }
  });
}

function isRomfs(role: string): boolean {
  return role.startsWith("romfs");
}
