import { UnbrickError } from "../../common/errors.ts";
import type { Operator } from "../../plan/operator.ts";
import { text } from "../../common/text.ts";

/**
 * Returns an operator for runs without a person: `--yes`, a pipe, or a program that reads JSON. It
 * grants the consents given on the command line and refuses all others with `consent-needed`. The
 * view shows hardware actions; the engine waits for their effect.
 *
 * @param grantedConsents names of consents: `write` for `--yes`, and the names given with `--allow`
 */
export function unattendedOperator(grantedConsents: ReadonlySet<string>): Operator {
  return {
    perform: () => Promise.resolve(),
    consent: ({ id, text: words }) => {
      if (grantedConsents.has(id)) return Promise.resolve(true);
      return Promise.reject(
        new UnbrickError("consent-needed", text`Nobody is here to answer: ${words}`, {
          consent: id,
        }),
      );
    },
    choose: (question, choices) =>
      Promise.reject(
        new UnbrickError("consent-needed", text`Nobody is here to answer: ${question}`, {
          choices: choices.map(({ label }) => String(label)),
        }),
      ),
  };
}
