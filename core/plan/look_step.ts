import { text } from "../common/text.ts";
import type { Mode } from "../device/detected_device.ts";
import { plug, unplug } from "./hardware_action.ts";
import type { Step } from "./step.ts";

const anyMode: readonly Mode[] = ["firmware", "bootloader", "rom", "flashloader"];

/** How long a start is watched: longer than an OpenMV camera stays in its bootloader, ms. */
const WATCH_MS = 8_000;
const LOOK_MS = 50;

/**
 * Returns the step of `look`: the camera is plugged in, and everything that appears is noted with its
 * time. It sends nothing to the camera but the questions for its names.
 */
export function lookStep(): Step {
  return {
    id: "look",
    title: text`Watch the camera start`,
    weight: WATCH_MS,
    effect: "none",
    async run(context) {
      const { board, clock, signal } = context;
      const before = await context.detected(anyMode);
      await context.request([unplug, plug], {
        what: text`the ${board.name} after it was plugged in`,
        modes: anyMode,
        accept: ({ seen: { usb } }) =>
          usb.bus !== before?.seen.usb.bus || usb.address !== before.seen.usb.address,
      });
      const start = clock.now();
      for (let ms = 0; ms < WATCH_MS; ms = clock.now() - start) {
        context.progress(ms, WATCH_MS, "milliseconds");
        await context.detected(anyMode);
        await clock.sleep(LOOK_MS, signal);
      }
    },
  };
}
