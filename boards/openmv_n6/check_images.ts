import type { BoardImages, Image } from "../../core/image/image.ts";
import { checkExternalLoader } from "../../core/protocols/serial_boot/packets/external_loader.ts";
import { parseFlashLayout } from "../../core/protocols/serial_boot/packets/flash_layout.ts";
import { checkStm32Image } from "../../core/protocols/serial_boot/packets/image_check.ts";
import { checkLayout } from "../../core/protocols/serial_boot/packets/layout_rules.ts";
import { LAYOUT_ROLE } from "../../core/protocols/serial_boot/packets/row_roles.ts";
import { layoutLimits } from "./boards.ts";
import { checkBootloader, checkFirmware, checkRomfs } from "./validate.ts";

const checks: Readonly<Record<string, (image: Image) => void>> = {
  "bootloader": checkBootloader,
  "fsbl": ({ bytes, name }) => void checkStm32Image(bytes, name),
  "external-loader": ({ bytes, name }) => checkExternalLoader(bytes, name),
  [LAYOUT_ROLE]: ({ bytes, name }) => checkLayout(parseFlashLayout(bytes, name), layoutLimits),
  "firmware": checkFirmware,
  "romfs0": checkRomfs,
};

/** Checks each image that is there. @throws UnbrickError `bad-image`, `wrong-board`. */
export function checkImages(images: BoardImages): void {
  for (const image of images.all) checks[image.role]?.(image);
}
