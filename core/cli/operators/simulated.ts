import type { Clock } from "../../common/clock.ts";
import type { SimulatedBoard } from "../../family/family.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import type { Operator } from "../../plan/operator.ts";

/** Simulated time for one action, in milliseconds: long enough to read along during practice. */
const ACTION_MS = 600;

/** Performs actions on a simulated board, one after another. */
export async function performActions(
  board: SimulatedBoard,
  clock: Clock,
  actions: readonly HardwareAction[],
  signal: AbortSignal,
): Promise<void> {
  for (const action of actions) {
    await clock.sleep(ACTION_MS, signal);
    await board.perform(action);
  }
}

/**
 * Returns an operator that performs all actions on the simulated board; `questions` answers the
 * questions.
 */
export function simulatedOperator(
  board: SimulatedBoard,
  clock: Clock,
  questions: Operator,
): Operator {
  return {
    ...questions,
    perform: (actions, _board, signal) => performActions(board, clock, actions, signal),
  };
}
