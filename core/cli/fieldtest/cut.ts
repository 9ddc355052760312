import { text, type Words } from "../../common/text.ts";
import type { RunEvent } from "../../plan/events.ts";
import { unplug } from "../../plan/hardware_action.ts";
import type { JobRequest } from "../commands/job.ts";
import { printJson, type Session } from "../session.ts";

/** The cable is pulled after this share of a step. */
const FROM = 0.25;

/** Makes a job ask for its cable to be pulled. */
export interface Cut extends Pick<JobRequest, "onEvent" | "comment"> {
  /** Returns true if the step went on by itself after the cable was pulled, as the N6's does. */
  wasWithstood(events: readonly RunEvent[]): boolean;
}

/**
 * Returns what makes a job ask for the cable to be pulled in the middle of a step; a writing step counts
 * only once it changes the camera. A simulated camera is unplugged at once.
 */
export function cutIn(
  session: Session,
  isMeant: (step: string) => boolean,
): Cut {
  let asked: { readonly step: string; readonly at: number } | undefined;
  let writing: string | undefined, isNew = false;
  const reading = new Set<string>();
  return {
    wasWithstood: (events) => {
      const after = asked ? events.filter(({ at }) => at >= asked!.at) : [];
      const end = after.findIndex((event) =>
        event.type === "step-done" && event.step === asked?.step
      );
      return after.slice(0, Math.max(0, end))
        .some(({ type }) => type === "waiting" || type === "hardware");
    },
    onEvent(event: RunEvent) {
      if (event.type === "run-started") {
        const read = event.steps.filter(({ id, effect }) => effect === "none" && isMeant(id));
        read.forEach(({ id }) => reading.add(id));
      } else if (event.type === "changing" && isMeant(event.step)) writing = event.step;
      if (event.type !== "progress" || asked) return;
      const { step, done, total, at } = event;
      if (step !== writing && !reading.has(step)) return;
      if (done >= total || done / total < FROM) return;
      asked = { step, at };
      isNew = true;
      if (session.options.json) printJson(session, { type: "fieldtest-pull-cable", step });
      void session.simulated?.camera.perform(unplug);
    },
    comment(): Words | undefined {
      if (!isNew) return undefined;
      isNew = false;
      return session.simulated
        ? text`The simulated cable is pulled now.`
        : text`NOW: pull the camera's USB cable.`;
    },
  };
}
