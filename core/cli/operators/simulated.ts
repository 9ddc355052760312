import type { Clock } from "../../common/clock.ts";
import type { SimulatedBoard } from "../../family/family.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import type { Operator } from "../../plan/operator.ts";

/** What a hand takes for one action, milliseconds: long enough to read along in a training run. */
const ACTION_MS = 600;

/** Does what hands would do, one action after another. */
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

/** The simulated board moves its own jumper and cable, all of it at once; questions go to `asked`. */
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
