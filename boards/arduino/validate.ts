import { UnbrickError } from "../../core/common/errors.ts";
import { usbId } from "../../core/common/format.ts";
import { namesBoard, refuseOtherArchitecture } from "../../core/image/architectures.ts";
import { refuseEmpty, refuseLargerThan, refuseSmallerThan } from "../../core/image/check.ts";
import { badImage } from "../../core/image/bad_image.ts";
import type { Image } from "../../core/image/image.ts";
import { indexOf } from "../../core/image/search.ts";
import { checkRomfs } from "../../core/image/romfs.ts";
import { refuseOtherAddress, refuseOtherAlternate } from "../../core/image/load.ts";
import { type AddressRange, refuseBadVectors } from "../../core/image/vector_check.ts";
import { consentForUnmarked as unmarked } from "../../core/plan/consents.ts";
import type { Consent } from "../../core/plan/operator.ts";
import { ARDUINO_VENDOR_ID, EXTERNAL_FLASH, type Place, type PortentaClass } from "./boards.ts";
import { text } from "../../core/common/text.ts";

/** RAM of the M7 core of an STM32H747 (reference manual; inferred). */
export const ram: readonly AddressRange[] = [
  { start: 0x2000_0000, end: 0x2002_0000 },
  { start: 0x2400_0000, end: 0x2408_0000 },
  { start: 0x3000_0000, end: 0x3004_8000 },
  { start: 0x3800_0000, end: 0x3801_0000 },
];

/**
 * Refuses an image that cannot be right for the board, before any device is accessed.
 * @throws UnbrickError `bad-image`, `wrong-board`.
 */
export function checkImage(image: Image, place: Place, board: PortentaClass): void {
  refuseEmpty(image);
  if (place.role === "wifi" || place.role === "bluetooth") refuseOtherRadio(image, place.role);
  if (place.role === "romfs0") checkRomfs(image, place.limit, place.region);
  if (place.role === "firmware") {
    refuseSmallerThan(image, 512, text`a firmware`);
    refuseOtherArchitecture(image, board);
  }
  refuseLargerThan(image, place.limit, place.region);
  refuseOtherAddress(image, place.address);
  refuseOtherAlternate(image, place.address < EXTERNAL_FLASH ? 0 : 1);
  refuseUsbIds(image, board);
  if (place.role === "firmware") refuseBadVectors(image, place.address, ram);
}

/** What every firmware of the CYW4343's two radios contains (openmv-boards.md 3.6). */
export const radioMarks = { wifi: "43430a1-", bluetooth: "BRCMcfgS" } as const;

/** Refuses what is no firmware of this radio. @throws UnbrickError `bad-image` */
function refuseOtherRadio({ name, bytes }: Image, role: keyof typeof radioMarks): void {
  const mark = radioMarks[role];
  if (indexOf(bytes, mark) >= 0) return;
  const reason = role === "wifi"
    ? text`it is not the firmware of the WiFi radio, which contains the text "${mark}"`
    : text`it is not the firmware of the Bluetooth radio, which contains the text "${mark}"`;
  throw badImage(name, reason, { offset: 0 });
}

/**
 * Returns the consent for writing a firmware that names no board; undefined if it names this one.
 */
export function consentForUnmarked(image: Image, board: PortentaClass): Consent | undefined {
  if (namesBoard(image.bytes, board)) return undefined;
  return unmarked(image.name, board.name);
}

/** A DFU suffix may bind the file to a USB device. */
function refuseUsbIds({ name, usbIds = {} }: Image, board: PortentaClass): void {
  const { vendorId = ARDUINO_VENDOR_ID, productId = board.bootloaderProductId } = usbIds;
  if (vendorId === ARDUINO_VENDOR_ID && productId === board.bootloaderProductId) return;
  throw new UnbrickError(
    "wrong-board",
    text`${name} is for the USB device ${usbId(vendorId, productId)}, not for the ${board.name}.`,
    { file: name, vendorId, productId, board: board.id },
  );
}
