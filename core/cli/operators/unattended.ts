import { UnbrickError } from "../../common/errors.ts";
import type { Operator } from "../../plan/operator.ts";
import { text } from "../../common/text.ts";

/**
 * Nobody can be asked: `--yes`, a pipe, a JSON peer. What was permitted on the command line is agreed
 * to, anything else ends in `consent-needed`. Hardware actions are only told (by the view); the engine
 * waits for their effect.
 *
 * @param grantedConsents names of consents: `write` for `--yes`, and each `--allow`
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
          choices: choices.map(({ label }) => String(label)).join(", "),
        }),
      ),
  };
}
