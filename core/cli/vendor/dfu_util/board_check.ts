import { isKind, UnbrickError } from "../../../common/errors.ts";
import type { BoardFamily } from "../../../family/family.ts";
import type { Image } from "../../../image/image.ts";
import { boardImages } from "../../../image/board_images.ts";
import { isForbiddenAlternate } from "../../../protocols/serial_boot/packets/alternates.ts";
import { boardById } from "../../devices/board_names.ts";
import { type Candidate, seenDevice } from "./candidate.ts";

/**
 * Refuses a program that is plainly made for another board than any the device can be. Everything else
 * goes where the user says.
 *
 * @param isProgramStart the image goes to the start of the chip's flash, where its bootloader stands
 * @throws UnbrickError `wrong-board`
 */
export function refuseOtherBoard(
  families: readonly BoardFamily[],
  candidate: Candidate,
  image: Image,
  isProgramStart: boolean,
): void {
  const seen = seenDevice(candidate);
  const detected = families.map((family) => family.recognise(seen)).find((one) => one);
  if (!detected) return;
  const isRom = detected.mode === "rom";
  if (isRom && !isProgramStart) return;
  let refusal: UnbrickError | undefined;
  for (const id of detected.boardIds) {
    const { board, family } = boardById(id, families);
    const role = isRom ? "bootloader" : candidate.name?.toLowerCase();
    if (!board.roles.some((one) => one.role === role)) return;
    const images = boardImages(image.source, [{ ...image, role: role! }]);
    try {
      family.plan(isRom ? "restore" : "flash", board, images, { bootloaderOnly: isRom });
      return;
    } catch (error) {
      if (!isKind(error, "wrong-board")) return;
      refusal ??= error;
    }
  }
  if (refusal) throw refusal;
}

/**
 * Refuses the alternate settings of ST's serial boot that change a chip for ever. Even reading them makes
 * OpenBootloader send the next download into the fuses (stm32n6-serial-boot.md B.6).
 * @throws UnbrickError `protected`
 */
export function refuseForbidden({ name }: Candidate): void {
  if (name === undefined || !isForbiddenAlternate(name)) return;
  throw new UnbrickError(
    "protected",
    `The alternate setting "${name}" holds fuses or secrets of the chip; unbrick never selects it.`,
    { alternate: name },
  );
}
