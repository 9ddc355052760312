import type { CheckedImages } from "../../core/family/family.ts";
import { readAtoc } from "../../core/protocols/alif_isp/packets/atoc.ts";
import { padToc } from "../../core/protocols/alif_isp/packets/build_toc.ts";
import { bootEntry } from "../../core/protocols/alif_isp/packets/toc_check.ts";
import { BOOTLOADER_SIZE, TOC_SIZE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { checkContents } from "../../core/openmv_bootloader/contents.ts";
import { cutBlankEnd, withRole } from "../../core/image/blank_end.ts";
import type { BoardImages, Image } from "../../core/image/image.ts";
import { sha256 } from "../../core/common/sha256.ts";
import { camera } from "./contents.ts";
import { systemPackages } from "./packages.ts";
import { checkToc } from "./validate.ts";

/** Checks each given image. @throws UnbrickError `bad-image`, `wrong-board`. */
export function checkImages(given: BoardImages): CheckedImages {
  const images = asWritten(given);
  const bootloader = images.get("bootloader"), toc = images.get("toc");
  const needs = checkContents(camera, images);
  if (toc && bootloader) checkToc(toc, bootloader);
  systemPackages(images);
  return { written: images, needs };
}

/**
 * Pads a table to its full size, because app-gen-toc may leave it unpadded, and cuts a bootloader
 * that was read from a camera (it fills its region) to its size in the table.
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

/**
 * Returns the size in bytes; undefined if the table is missing or unreadable (its own check says
 * why).
 */
function sizeInTable(table: Image | undefined): number | undefined {
  const toc = table && readAtoc(table.bytes);
  return toc && "entries" in toc ? bootEntry(toc)?.length : undefined;
}
