import type { Clock } from "../../clock.ts";
import type { SimulatedBoard } from "../../family.ts";
import type { Operator } from "../../plan/operator.ts";

/** What a hand takes for one action, milliseconds: long enough to read along in a training run. */
const HAND_MS = 600;

/** The simulated board moves its own jumper and cable, all of it at once; questions go to `asked`. */
export function simulatedHands(board: SimulatedBoard, clock: Clock, asked: Operator): Operator {
  return {
    ...asked,
    perform: async (actions, _board, signal) => {
      for (const action of actions) {
        await clock.sleep(HAND_MS, signal);
        await board.perform(action);
      }
    },
  };
}
