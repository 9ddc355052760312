import { type Text, text } from "../../common/text.ts";

export type QuestionId =
  | "name"
  | "picture"
  | "files"
  | "drawing"
  | "screen";

/** What only eyes can see. */
export const questions: Readonly<Record<QuestionId, Text>> = {
  "name": text`Is this the name that is printed on the board?`,
  "picture": text`Does OpenMV IDE show a picture of this camera now?`,
  "files": text`Are your files, such as main.py, still on the camera's USB disk?`,
  "drawing": text`Did the pins, the switch or the button look as the drawing shows them?`,
  "screen": text`Was everything on the screen easy to read and to follow?`,
};

export type Answer = "yes" | "no" | "unsure";
