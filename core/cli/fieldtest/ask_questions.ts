import { text } from "../../common/text.ts";
import type { Operator } from "../../plan/operator.ts";
import { canPrompt, makeOperator, type Session } from "../session.ts";
import { type Answer, type QuestionId, questions } from "./questions.ts";

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
