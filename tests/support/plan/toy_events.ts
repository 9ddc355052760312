import { VirtualClock } from "../../../core/common/virtual_clock.ts";
import { DeviceFinder, type Recogniser } from "../../../core/device/finder.ts";
import type { Board } from "../../../core/family/board.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import { runPlan } from "../../../core/plan/engine.ts";
import type { RunEvent } from "../../../core/plan/events.ts";
import type { Operator } from "../../../core/plan/operator.ts";
import type { Step } from "../../../core/plan/step.ts";
import { board, family, images, ToyBus, willing } from "./toy_rig.ts";

/** Runs steps and returns the events; the clock was started long before. */
export async function events(
  steps: readonly Step[],
  more: {
    board?: Board;
    images?: BoardImages;
    operator?: Operator;
    replay?: true;
    identifiedBy?: string[];
    families?: readonly Recogniser[];
    bus?: (bus: ToyBus, clock: VirtualClock) => void;
  } = {},
) {
  const clock = new VirtualClock();
  const bus = new ToyBus(clock);
  const events: RunEvent[] = [];
  const result = await clock.run(async () => {
    await clock.sleep(777);
    more.bus?.(bus, clock);
    return await runPlan(
      { job: "flash", board: more.board ?? board, steps, images: more.images ?? images },
      {
        clock,
        signal: new AbortController().signal,
        finder: new DeviceFinder(bus, more.families ?? [family], clock),
        operator: more.operator ?? willing,
        simulated: true,
        hardwareDeadlineMs: 5_000,
        onEvent: (event) => events.push(event),
        ...(more.replay && { replay: true }),
        ...(more.identifiedBy && { identifiedBy: more.identifiedBy }),
      },
    );
  });
  const of = <Type extends RunEvent["type"]>(type: Type) =>
    events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
  return { result, events, of };
}
