import { basename } from "node:path";
import type { Board, Job } from "../../family/board.ts";
import { isKind, UnbrickError } from "../../common/errors.ts";
import { hintAt } from "../../common/nearest.ts";
import type { BoardImages, Image } from "../../image/image.ts";
import { boardImages, withImages } from "../../image/board_images.ts";
import { chooseSet, imagesOf } from "../../image/choose_set.ts";
import type { ImageSet } from "../../image/image_set.ts";
import { hasManifest } from "../../image/manifest_set.ts";
import { loadImageFile } from "../../image/pack.ts";
import { type PublicKey, refuseUntrusted, untrusted } from "../../image/signature.ts";
import { openImageSet } from "../../image/source.ts";
import { type ImageSets, imageSets, pinnedKey } from "./image_sets.ts";
import type { Session } from "../session.ts";

/** What the images are for. */
export interface ImageRequest {
  readonly job: Job;
  readonly bootloaderOnly?: boolean;
  readonly isReal: boolean;
}

/**
 * The images for a board: single files of `--image` first, then `--images`; where that is not given, the
 * newest imported set that has everything for the job, then the bundled one.
 * @throws UnbrickError `usage`, `not-found`, `wrong-board`; `bad-image`, also if a key is pinned and what
 * would be used is not signed with it
 */
export function chooseImages(session: Session, board: Board, request: ImageRequest): BoardImages {
  return new ImageChooser(session).choose(board, request);
}

/** Chooses for one board after another; key, pack and sets are read once. */
export class ImageChooser {
  #pack: ImageSet | undefined;
  #sets: ImageSets | undefined;
  #key: { readonly pinned: PublicKey | undefined } | undefined;

  constructor(private readonly session: Session) {}

  /** Every set that may be used when none is named. */
  get sets(): ImageSets {
    return this.#sets ??= imageSets(this.session);
  }

  /** What `--images` names. @throws UnbrickError `not-found`, `bad-image` */
  get named(): ImageSet | undefined {
    const { images } = this.session.options;
    return images === undefined ? undefined : this.#pack ??= openImageSet(images);
  }

  /** As `chooseImages`. */
  choose(board: Board, request: ImageRequest): BoardImages {
    const { image } = this.session.options;
    const pinned = this.#pinned;
    if (pinned && image.length > 0) throw untrusted(image.join(", "), false, pinned);
    const files = image.map((text) => imageFile(text, board));
    return withImages(this.#baseSet(board, request, files.length > 0), files);
  }

  get #pinned(): PublicKey | undefined {
    return (this.#key ??= { pinned: pinnedKey(this.session) }).pinned;
  }

  #baseSet(board: Board, request: ImageRequest, hasFiles: boolean): BoardImages {
    const pinned = this.#pinned;
    const pack = this.named;
    if (pack) {
      refuseUntrusted(hasManifest(pack) ? pack : undefined, this.session.options.images!, pinned);
      const { origin, all } = pack.imagesFor(board);
      return boardImages(origin, all, "named with --images");
    }
    try {
      const { imported, bundled } = this.sets;
      const choice = chooseSet(imported, bundled, { board, pinned, ...request });
      if (choice) return imagesOf(choice, board);
    } catch (error) {
      if (!hasFiles || !isKind(error, "not-found")) throw error;
    }
    return boardImages("the images inside this program", []);
  }
}

function imageFile(text: string, board: Board): Image {
  const roles = board.roles.map(({ role }) => role);
  const [, role, file] = /^([a-z][a-z0-9-]*)=(.+)$/i.exec(text) ?? [];
  if (role !== undefined) {
    if (roles.includes(role)) return loadImageFile(file, role);
    throw new UnbrickError(
      "usage",
      `The ${board.name} has no image role "${role}". ${hintAt(role, roles)}`,
      { role, board: board.id },
    );
  }
  const name = basename(text).toLowerCase();
  const byName = board.roles.find(({ role, fileNames }) =>
    fileNames.some((known) => known.toLowerCase() === name) || name.replace(/\.[^.]+$/, "") === role
  );
  if (byName) return loadImageFile(text, byName.role);
  throw new UnbrickError(
    "usage",
    `The name ${basename(text)} does not tell what it is for: write ROLE=FILE with a role of ` +
      `${roles.join(", ")}.`,
    { file: text, board: board.id },
  );
}

/** An image set split for a real device: what may be written to it, and what may not. */
export function withoutSimulationOnly(set: BoardImages): { usable: BoardImages; refused: Image[] } {
  const refused = set.all.filter((image) => image.simulationOnly);
  const usable = refused.length === 0
    ? set
    : boardImages(set.origin, set.all.filter((image) => !image.simulationOnly), set.reason);
  return { usable, refused };
}
