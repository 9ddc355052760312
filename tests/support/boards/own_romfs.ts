import { withImages } from "../../../core/image/board_images.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import { loadImage } from "../../../core/image/load.ts";
import { sampleRomfs } from "../../../core/image/sample.ts";

/** Replaces each ROMFS by one of the user's own, longer than what is read first of it. */
export function withOwnRomfs(images: BoardImages): BoardImages {
  const own = images.all.filter(({ role }) => role.startsWith("romfs")).map(({ role, name }) => {
    const bytes = sampleRomfs({
      ...{ seed: `mine ${role}`, size: 9_000, version: "1.0", simulationOnly: true },
    });
    return loadImage(bytes, { role, name, source: "mine" });
  });
  return withImages(images, own);
}

/** What may be asked for a ROMFS that is on the camera. */
export const romfsModes = [{ romfs: "auto" }, { romfs: "keep" }, { romfs: "write" }] as const;
