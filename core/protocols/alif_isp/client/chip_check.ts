import { UnbrickError } from "../../../common/errors.ts";
import type { FoundEnclave } from "./connect.ts";
import { parts, REVISION } from "../packets/memory_map.ts";
import { LifeCycle, lifeCycleName } from "../packets/replies.ts";
import { text } from "../../../common/text.ts";

/**
 * Refuses every chip except those of an AE3 that accepts commands and data.
 *
 * @throws UnbrickError `wrong-board`: other part or silicon; `protected`: secured life-cycle state.
 */
export function refuseForeignChip({ revision }: FoundEnclave): void {
  const { part, lifeCycle, name } = revision;
  const facts = { part, revision: name, lifeCycle: lifeCycleName(lifeCycle) };
  if (name !== REVISION || (part && !parts.some((one) => one.part === part))) {
    throw new UnbrickError(
      "wrong-board",
      text`The chip that answers is ${part || text`a part without a number`}, silicon ${name}; an
        OpenMV AE3 has one of ${parts.map((one) => one.part).join(", ")}, silicon ${REVISION}.`,
      facts,
    );
  }
  if (lifeCycle === LifeCycle.SE || lifeCycle === LifeCycle.RMA) {
    throw new UnbrickError(
      "protected",
      text`The chip is in the life-cycle state ${lifeCycleName(lifeCycle)}. In this state it
        accepts only files that its owner has signed.`,
      facts,
    );
  }
}
