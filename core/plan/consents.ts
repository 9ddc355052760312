import type { Consent } from "./operator.ts";
import { text } from "../common/text.ts";

/** Consents that steps of several families may ask for. */

/** To write a program that names no board at all, as a private build may. */
export const unmarkedImage: Consent = {
  id: "unmarked-image",
  text:
    text`Write an image in which nothing says for which board it was made. Written to another board,
    it does not start.`,
};

/** The same for one image. @param board Name of the board that it is written to. */
export function consentForUnmarked(image: string, board: string): Consent {
  return {
    ...unmarkedImage,
    text: text`${image} does not say which board it is for. If it is not for the ${board}, the board
        will not start.`,
  };
}
