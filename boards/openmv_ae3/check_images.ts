import type { CheckedImages } from "../../core/family/family.ts";
import { readAtoc } from "../../core/protocols/alif_isp/packets/atoc.ts";
import { padToc } from "../../core/protocols/alif_isp/packets/build_toc.ts";
import { bootEntry } from "../../core/protocols/alif_isp/packets/toc_check.ts";
import { BOOTLOADER_SIZE, TOC_SIZE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { checkContents } from "../../core/openmv_bootloader/contents.ts";
import { cutBlankEnd, withRole } from "../../core/image/blank_end.ts";
import type { BoardImages, Image } from "../../core/image/image.ts";
import { sha256 } from "../../core/image/load.ts";
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

/**
 * A table as app-gen-toc leaves it is padded. A bootloader as it is read back from a camera fills its
 * region; the table has its size.
 */
export function asWritten(images: BoardImages): BoardImages {
  const size = sizeInTable(images.get("toc")) ?? BOOTLOADER_SIZE;
  const cut = withRole(images, "bootloader", (image) => cutBlankEnd(image, size));
  return withRole(cut, "toc", padded);
}

function padded(image: Image): Image {
  const { bytes } = image;
  if (bytes.length >= TOC_SIZE || !("entries" in readAtoc(bytes))) return image;
  const whole = padToc(bytes);
  return {
    ...image,
    bytes: whole,
    sha256: sha256(whole),
    file: image.file ?? { bytes: bytes.length, sha256: image.sha256 },
  };
}

/** Bytes; undefined without a table, or for one that cannot be read: its own check says why. */
function sizeInTable(table: Image | undefined): number | undefined {
  const toc = table && readAtoc(table.bytes);
  return toc && "entries" in toc ? bootEntry(toc)?.length : undefined;
}
