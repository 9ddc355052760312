import { basename } from "node:path";
import type { Board, Job } from "../../family/board.ts";
import type { JobOptions } from "../../family/family.ts";
import { UnbrickError } from "../../common/errors.ts";
import { hintAt } from "../../common/nearest.ts";
import type { BoardImages, Image } from "../../image/image.ts";
import { boardImages, withImages } from "../../image/board_images.ts";
import {
  chooseSet,
  imagesIn,
  imagesOf,
  lendersAmong,
  type SetRequest,
  withCompanions,
} from "../../image/choose_set.ts";
import { missingRoles } from "../../image/completeness.ts";
import type { ImageSet } from "../../image/image_set.ts";
import { hasManifest } from "../../image/manifest_set.ts";
import { loadImageFile } from "../../image/pack.ts";
import { type PublicKey, refuseUntrusted, untrusted } from "../../image/signature.ts";
import { openImageSet } from "../../image/source.ts";
import { type ImageSets, imageSets, pinnedKey, setsForCameras } from "./image_sets.ts";
import type { Session } from "../session.ts";
import { listAnd, text } from "../../common/text.ts";

/** What the images are needed for. */
export interface ImageRequest {
  readonly job: Job;
  readonly bootloaderOnly?: boolean;
  readonly only?: JobOptions["only"];
  readonly isReal: boolean;
}

/**
 * Chooses the images for a board. Files of `--image` come first; only images that the job cannot do
 * without are added to them. The other images come from the first set of `--images` that has any
 * for the board; without `--images`, from the newest imported set that is complete for the job,
 * then from the bundled set. Companions (flash loaders, system packages) may come from other sets; sets that contain nothing else only
 * provide these.
 * @throws UnbrickError `usage`, `not-found`, `wrong-board`; `bad-image`, also if a key is pinned
 * and the images are not signed with it
 */
export function chooseImages(session: Session, board: Board, request: ImageRequest): BoardImages {
  return new ImageChooser(session).choose(board, request);
}

/** Chooses images for one board after another; reads the key and the sets only once. */
export class ImageChooser {
  #packs: readonly ImageSet[] | undefined;
  #sets: ImageSets | undefined;
  #key: { readonly pinned: PublicKey | undefined } | undefined;

  constructor(private readonly session: Session) {}

  /** The sets that may be used if none is named. */
  get sets(): ImageSets {
    return this.#sets ??= imageSets(this.session);
  }

  /** Returns the sets that `--images` names. @throws UnbrickError `not-found`, `bad-image` */
  get named(): readonly ImageSet[] {
    return this.#packs ??= this.session.options.images.map(openImageSet);
  }

  /** Works like `chooseImages`. */
  choose(board: Board, request: ImageRequest): BoardImages {
    const { image } = this.session.options;
    const pinned = this.#pinned;
    if (pinned && image.length > 0) throw untrusted(image.join(", "), false, pinned);
    const files = image.map((word) => imageFile(word, board));
    if (this.named.length > 0) return withImages(this.#fromNamed(board, request), files);
    if (files.length === 0) return this.#fromSets(board, request);
    const named = new Set(files.map(({ role }) => role));
    const base = this.#fromSets(board, { ...request, named });
    const missing = missingRoles(board, request.job, named, request);
    const wanted = base.all.filter((one) => missing.some(({ role }) => role === one.role));
    return withImages(boardImages(base.origin, wanted, base.reason), files);
  }

  get #pinned(): PublicKey | undefined {
    return (this.#key ??= { pinned: pinnedKey(this.session) }).pinned;
  }

  #fromNamed(board: Board, request: ImageRequest): BoardImages {
    const { job, isReal } = request;
    const pinned = this.#pinned;
    this.named.forEach((pack, at) => {
      const name = this.session.options.images[at];
      refuseUntrusted(hasManifest(pack) ? pack : undefined, name, pinned);
    });
    const isCompanion = ({ role }: Image) =>
      board.roles.some((one) => one.role === role && one.comesWith !== undefined);
    const found = this.named.flatMap((pack) => imagesIn(pack, board) ?? []);
    if (found.length > 0 && found.every(({ all }) => all.every(isCompanion))) {
      return this.#aroundCompanions(board, request, found);
    }
    const base =
      this.named.find((pack) => imagesIn(pack, board)?.all.some((image) => !isCompanion(image))) ??
        this.named[0];
    const { origin, all } = base.imagesFor(board);
    const images = boardImages(origin, all, text`named with --images`);
    if (job === "flash") return images;
    const { bundled } = this.sets;
    const sets = lendersAmong(setsForCameras(this.sets), { board, pinned, isReal });
    const lent = [...sets, ...(bundled && !isReal ? [bundled] : [])].map(({ pack }) => pack);
    return withCompanions(images, [...this.named.filter((one) => one !== base), ...lent], board);
  }

  /** Returns the named loaders or system packages; everything else as if nothing was named. */
  #aroundCompanions(
    board: Board,
    request: ImageRequest,
    found: readonly BoardImages[],
  ): BoardImages {
    const companions = new Map(
      found.toReversed().flatMap(({ all }) => all.map((image) => [image.role, image] as const)),
    );
    const { origin, all, reason } = this.#fromSets(board, {
      ...request,
      named: new Set(companions.keys()),
    });
    const others = all.filter(({ role }) => !companions.has(role));
    return boardImages(
      text`${listAnd(found.map((one) => one.origin))} and ${origin}`,
      [...companions.values(), ...others],
      reason,
    );
  }

  #fromSets(board: Board, request: Omit<SetRequest, "board" | "pinned">): BoardImages {
    const { imported, bundled } = this.sets;
    // One practises with the images for that, unless others were imported.
    const sets = this.session.options.simulate ? imported : setsForCameras(this.sets);
    const choice = chooseSet(sets, bundled, { board, pinned: this.#pinned, ...request });
    return choice ? imagesOf(choice, board) : boardImages(text`the images inside this program`, []);
  }
}

/** Returns true if the user named the image or its source. */
export function isNamed(session: Session, image: Image): boolean {
  return session.options.images.length > 0 || isNamedFile(session, image);
}

/** Returns true if the user named this very file. */
export function isNamedFile({ options }: Session, { source }: Image): boolean {
  return options.image.some((text) => text === source || text.endsWith(`=${source}`));
}

function imageFile(word: string, board: Board): Image {
  const roles = board.roles.map(({ role }) => role);
  const [, role, file] = /^([a-z][a-z0-9-]*)=(.+)$/i.exec(word) ?? [];
  if (role !== undefined) {
    if (roles.includes(role)) return loadImageFile(file, role);
    throw new UnbrickError(
      "usage",
      text`The ${board.name} has no image role "${role}". ${hintAt(role, roles)}`,
      { role, board: board.id },
    );
  }
  const name = basename(word).toLowerCase();
  const byName = board.roles.find(({ role, fileNames }) =>
    fileNames.some((known) => known.toLowerCase() === name) || name.replace(/\.[^.]+$/, "") === role
  );
  if (byName) return loadImageFile(word, byName.role);
  if (/^openmv\.(bin|dfu)$/.test(name)) {
    throw new UnbrickError(
      "usage",
      text`${name} contains bootloader and firmware. Name bootloader.bin and firmware.bin of the same
        release instead.`,
      { file: word, board: board.id },
    );
  }
  throw new UnbrickError(
    "usage",
    text`The file name ${basename(word)} does not show what the image is for. Write ROLE=FILE
      with one of these roles: ${roles.join(", ")}.`,
    { file: word, board: board.id },
  );
}

/**
 * Splits a board's images into those that may be written to a real device and those that may not.
 */
export function withoutSimulationOnly(set: BoardImages): { usable: BoardImages; refused: Image[] } {
  const refused = set.all.filter((image) => image.simulationOnly);
  const usable = refused.length === 0
    ? set
    : boardImages(set.origin, set.all.filter((image) => !image.simulationOnly), set.reason);
  return { usable, refused };
}
