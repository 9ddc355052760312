import type { Plan } from "../../family/family.ts";
import type { Step } from "../../plan/step.ts";
import type { Context } from "../context.ts";
import type { Look } from "./look.ts";

/**
 * Returns the plan with each look of its steps noted in the trace: a step may look at its region while
 * another one is under way. In a replay, what a look found is taken from the recording if the recording
 * left out what it read.
 */
export function withLooks(plan: Plan, { trace, replay }: Context): Plan {
  const look: Look | undefined = replay?.look ?? trace?.look;
  return look ? { ...plan, steps: plan.steps.map((step) => noted(step, look)) } : plan;
}

function noted(step: Step, look: Look): Step {
  const { keeping, isDone } = step;
  return {
    ...step,
    ...(keeping && { keeping: (context) => look(step.id, () => keeping.call(step, context)) }),
    ...(isDone && { isDone: (context) => look(step.id, () => isDone.call(step, context)) }),
  };
}
