import type { BoardImages } from "../../core/image/image.ts";
import { firmwareContents } from "./flash.ts";
import { systemPackages } from "./packages.ts";
import { checkBootloader, checkToc, checkTocAlone } from "./validate.ts";

/** Checks each image that is there. @throws UnbrickError `bad-image`, `wrong-board`. */
export function checkImages(images: BoardImages): void {
  const bootloader = images.get("bootloader"), toc = images.get("toc");
  if (bootloader) checkBootloader(bootloader);
  if (toc && bootloader) checkToc(toc, bootloader);
  else if (toc) checkTocAlone(toc);
  for (const { role, check } of firmwareContents) {
    const image = images.get(role);
    if (image) check(image);
  }
  systemPackages(images);
}
