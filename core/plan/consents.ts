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
    text:
      text`Nothing in ${image} says which board it is made for. Written to another board than the
      ${board}, it does not start.`,
  };
}
