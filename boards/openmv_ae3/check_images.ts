import type { CheckedImages } from "../../core/family/family.ts";
import { readAtoc } from "../../core/protocols/alif_isp/packets/atoc.ts";
import { bootEntry } from "../../core/protocols/alif_isp/packets/toc_check.ts";
import { BOOTLOADER_SIZE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { checkContents } from "../../core/openmv_bootloader/contents.ts";
import { cutBlankEnd, withRole } from "../../core/image/blank_end.ts";
import type { BoardImages, Image } from "../../core/image/image.ts";
import { camera } from "./contents.ts";
import { systemPackages } from "./packages.ts";
import { checkToc } from "./validate.ts";

/** Checks each image that is there. @throws UnbrickError `bad-image`, `wrong-board`. */
export function checkImages(given: BoardImages): CheckedImages {
  const images = asWritten(given);
  const bootloader = images.get("bootloader"), toc = images.get("toc");
  const needs = checkContents(camera, images);
  if (toc && bootloader) checkToc(toc, bootloader);
  systemPackages(images);
  return { written: images, needs };
}

/** A bootloader as it is read back from a camera fills its region; the table has its size. */
export function asWritten(images: BoardImages): BoardImages {
  const size = sizeInTable(images.get("toc")) ?? BOOTLOADER_SIZE;
  return withRole(images, "bootloader", (image) => cutBlankEnd(image, size));
}

/** Bytes; undefined without a table, or for one that cannot be read: its own check says why. */
function sizeInTable(table: Image | undefined): number | undefined {
  const toc = table && readAtoc(table.bytes);
  return toc && "entries" in toc ? bootEntry(toc)?.length : undefined;
}
