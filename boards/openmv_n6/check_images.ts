import type { CheckedImages } from "../../core/family/family.ts";
import type { BoardImages, Image } from "../../core/image/image.ts";
import { checkContents } from "../../core/openmv_bootloader/contents.ts";
import { cutBlankEnd, withRole } from "../../core/image/blank_end.ts";
import { checkExternalLoader } from "../../core/protocols/serial_boot/packets/external_loader.ts";
import { parseFlashLayout } from "../../core/protocols/serial_boot/packets/flash_layout.ts";
import { parseHeaderV2 } from "../../core/protocols/serial_boot/packets/header_v2.ts";
import { checkLayout } from "../../core/protocols/serial_boot/packets/layout_rules.ts";
import { LAYOUT_ROLE } from "../../core/protocols/serial_boot/packets/row_roles.ts";
import { layoutLimits } from "./boards.ts";
import { camera } from "./contents.ts";
import { checkOpenBootloader } from "./validate.ts";

/** Checks of the images, by role. */
const checks: Readonly<Record<string, (image: Image) => void>> = {
  "fsbl": (image) => void checkOpenBootloader(image),
  "external-loader": ({ bytes, name }) => checkExternalLoader(bytes, name),
  [LAYOUT_ROLE]: ({ bytes, name }) => checkLayout(parseFlashLayout(bytes, name), layoutLimits),
};

/** Checks each given image. @throws UnbrickError `bad-image`, `wrong-board`. */
export function checkImages(given: BoardImages): CheckedImages {
  const written = asWritten(given);
  for (const image of written.all) checks[image.role]?.(image);
  return { written, needs: checkContents(camera, written) };
}

/**
 * Cuts the bootloader to the size in its header: that of 4.8.0 fills its region (openmv-runtime.md
 * 5.2).
 */
export function asWritten(images: BoardImages): BoardImages {
  return withRole(images, "bootloader", (image) => {
    const header = parseHeaderV2(image.bytes);
    return header ? cutBlankEnd(image, header.headerLength + header.payloadLength) : image;
  });
}
