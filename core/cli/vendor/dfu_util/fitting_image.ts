import { usbId } from "../../../common/format.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { type DetectedDevice, isUsable, portOf } from "../../../device/detected_device.ts";
import { DeviceFinder } from "../../../device/finder.ts";
import type { ListedFamily } from "../../../family/family.ts";
import { badImage } from "../../../image/bad_image.ts";
import { imageForPlace, type Place } from "../../../image/for_place.ts";
import type { Image } from "../../../image/image.ts";
import {
  isForbiddenAlternate,
  parseAlternateName,
} from "../../../protocols/serial_boot/packets/alternates.ts";
import { sectorAt } from "../../../protocols/dfu/packets/layout.ts";
import { ROW_ROLES } from "../../../protocols/serial_boot/packets/row_roles.ts";
import { boardById, ready } from "../../devices/board_names.ts";
import type { Console } from "../../terminal/console.ts";
import { identify } from "../../devices/identify.ts";
import type { Candidate } from "./candidate.ts";
import { layoutOf, targetAddress } from "./dfuse.ts";
import type { DfuUtilOptions } from "./options.ts";
import type { Surroundings } from "./target.ts";

/** Deadline for reading all of a chip's flash to identify the board, ms. */
const IDENTIFY_MS = 60_000;

/**
 * Returns the image in the form to write to the alternate setting of this device. For devices that
 * are not cameras, and with `:force`, it refuses only files that name another target.
 * @throws UnbrickError `wrong-board`, `bad-image`, `usage`, `protocol`, and errors of the device
 */
export async function fittingImage(
  image: Image,
  candidate: Candidate,
  options: DfuUtilOptions,
  surroundings: Surroundings,
  families: readonly ListedFamily[],
): Promise<Image> {
  refuseOtherDevice(image, candidate);
  if (options.dfuse?.force) return image;
  const { alternate } = image;
  if (alternate !== undefined && alternate !== candidate.bAlternateSetting) {
    throw badImage(
      image.name,
      `it is made for the alternate setting ${alternate}, and -a says ${candidate.bAlternateSetting}`,
      {},
      { place: `alternate setting ${alternate}` },
    );
  }
  const finder = new DeviceFinder(surroundings.bus, families, surroundings.clock);
  const port = candidate.info.portPath;
  const { detectedDevices } = await finder.look(surroundings.signal, { port });
  const detected = detectedDevices.find((one) => portOf(one) === port && isUsable(one));
  const place = detected && placeOf(image, candidate, options);
  if (!place) return image;
  const boardIds = await boardsOf(detected, finder, surroundings, families);
  const boards = await Promise.all(boardIds.map((id) => ready(boardById(id, families))));
  const fitting = imageForPlace(boards, image, place);
  if (fitting.bytes.length !== image.bytes.length) printShortened(fitting, surroundings.console);
  return fitting;
}

function printShortened({ bytes, sha256, file }: Image, console: Console): void {
  console.write(
    `The file has ${file!.bytes} bytes (SHA-256 ${file!.sha256}).\n` +
      `Its blank end is left out: ${bytes.length} bytes are written (SHA-256 ${sha256}).\n`,
  );
}

/**
 * Returns the possible boards. The remaining flash content distinguishes boards with the same chip.
 */
async function boardsOf(
  detected: DetectedDevice,
  finder: DeviceFinder,
  { clock, signal, console }: Surroundings,
  families: readonly ListedFamily[],
): Promise<readonly string[]> {
  if (detected.boardIds.length === 1) return detected.boardIds;
  const surroundings = { clock, signal, families, deadlineMs: IDENTIFY_MS };
  const { boardIds, evidence } = await identify(surroundings, { finder }, detected);
  for (const sentence of evidence) console.write(`${sentence}\n`);
  return boardIds.length > 0 ? boardIds : detected.boardIds;
}

/** Returns the place; undefined if nothing is known about it. */
function placeOf(image: Image, candidate: Candidate, options: DfuUtilOptions): Place | undefined {
  const { dfu, name } = candidate;
  if (dfu.isDfuSe) {
    const address = targetAddress(image, options);
    // An address outside the memory gets its own error.
    return sectorAt(layoutOf(candidate), address) && { address };
  }
  if (name === undefined) return undefined;
  const id = parseAlternateName(name)?.id;
  const role = id === undefined ? undefined : ROW_ROLES[id];
  if (role !== undefined) return { role };
  return name.startsWith("@") ? undefined : { partition: name };
}

/** Refuses a file whose DFU suffix names another device. */
function refuseOtherDevice(image: Image, { info }: Candidate): void {
  const { idVendor, idProduct } = info.descriptor;
  const { vendorId = idVendor, productId = idProduct } = image.usbIds ?? {};
  if (vendorId === idVendor && productId === idProduct) return;
  throw new UnbrickError(
    "wrong-board",
    `${image.name} is meant for ${usbId(vendorId, productId)}, and the device is ${
      usbId(idVendor, idProduct)
    }.`,
    { vendorId, productId },
  );
}

/**
 * Refuses the alternate settings of ST's serial boot that change a chip permanently. Even reading
 * them makes OpenBootloader write the next download to the fuses (stm32n6-serial-boot.md B.6).
 * Refuses to upload from such an alternate setting. @throws UnbrickError `protected`
 */
export function refuseForbidden({ name }: Candidate): void {
  if (name === undefined || !isForbiddenAlternate(name)) return;
  throw new UnbrickError(
    "protected",
    `The alternate setting "${name}" holds fuses or secrets of the chip; unbrick never selects it.`,
    { alternate: name },
  );
}
