import { type Text, text } from "../../common/text.ts";
import type { Operator } from "../../plan/operator.ts";
import { canPrompt, makeOperator, type Session } from "../session.ts";

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

/** Asks the person; nobody is asked where nobody can answer, as with `--yes`. */
export async function askQuestions(
  session: Session,
  ids: readonly QuestionId[],
): Promise<{ readonly id: QuestionId; readonly answer: Answer }[]> {
  if (!canPrompt(session)) return [];
  const operator: Operator = makeOperator(session);
  const answers: { id: QuestionId; answer: Answer }[] = [];
  for (const id of ids) {
    const answer = await operator.choose<Answer>(questions[id], [
      { value: "yes", label: text`Yes` },
      { value: "no", label: text`No` },
      { value: "unsure", label: text`I cannot tell` },
    ], session.signal);
    answers.push({ id, answer });
  }
  return answers;
}
