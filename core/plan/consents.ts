import type { Consent } from "./operator.ts";
import { text } from "../common/text.ts";

/** Consents that several families use. */

/** Consent to write a program that does not name a board, for example a private build. */
export const unmarkedImage: Consent = {
  id: "unmarked-image",
  text:
    text`Write an image that does not name its board. If it is for another board, this board will
      not start.`,
};

/**
 * Returns this consent, worded for one image. @param board Name of the board that it is written to.
 */
export function consentForUnmarked(image: string, board: string): Consent {
  return {
    ...unmarkedImage,
    text: text`${image} does not say which board it is for. If it is not for the ${board}, the board
        will not start.`,
  };
}

/** To write over a ROMFS that no known image begins like. */
export const overwriteRomfs: Consent = {
  id: "overwrite-romfs",
  text: text`Overwrite a ROMFS that is not one of the known images: it may be your own.`,
};

/** To write over an application that openmv-ota put into the ROMFS region. */
export const overwriteOtaApp: Consent = {
  id: "overwrite-ota-app",
  text:
    text`Overwrite an application of openmv-ota in the ROMFS region: the camera no longer runs it.`,
};

/** To write a backup to a camera that may not be the one that it was made of. */
export const otherCamera: Consent = {
  id: "other-camera",
  text:
    text`Write this backup to a camera whose ids do not show that the backup was made of it. What
    is on the camera now is lost.`,
};

/** To go on although a region could not be saved. */
export const partialBackup: Consent = {
  id: "partial-backup",
  text: text`Go on although the backup is not complete? What could not be read may be lost.`,
};
