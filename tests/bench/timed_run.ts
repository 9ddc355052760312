import type { Clock } from "../../core/common/clock.ts";
import { DeviceFinder } from "../../core/device/finder.ts";
import type { BoardFamily, Plan } from "../../core/family/family.ts";
import { runPlan } from "../../core/plan/engine.ts";
import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import { MemoryBus } from "../../core/transport/usb/memory.ts";
import type { UsbBus } from "../../core/transport/usb/device.ts";
import type { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";

export interface TimedRun {
  readonly bus: VirtualBus;
  readonly clock: Clock;
  readonly family: BoardFamily;
  readonly plan: Plan;
  /** Called when the camera has been detected, just before the plan starts. */
  onStart?(): void;
  /** Puts something around the bus that the run sees. */
  wrap?(bus: UsbBus): UsbBus;
  /** Does an action by hand in no time; without it the plan may not ask for any. */
  perform?(action: HardwareAction): Promise<void>;
}

/**
 * Runs a plan on the only camera on the bus, and agrees to everything.
 * @returns the milliseconds since the camera was detected
 * @throws the error with which the run failed
 */
export async function timedRun(
  { bus, clock, family, plan, onStart, perform = refuseActions, wrap = (bus) => bus }: TimedRun,
): Promise<number> {
  const signal = new AbortController().signal;
  const host = wrap(new MemoryBus(bus, clock));
  const finder = new DeviceFinder(host, [family], clock);
  while ((await finder.look(signal)).detectedDevices.length === 0) {
    await host.changed({ timeoutMs: 1_000, signal });
  }
  onStart?.();
  const start = clock.now();
  const result = await runPlan(plan, {
    clock,
    signal,
    finder,
    operator: {
      async perform(actions) {
        for (const action of actions) await perform(action);
      },
      consent: () => Promise.resolve(true),
      choose: (_question, choices) => Promise.resolve(choices[0].value),
    },
    simulated: true,
    onEvent: () => {},
  });
  const elapsed = clock.now() - start;
  await host.close();
  if (result.error) throw result.error;
  return elapsed;
}

function refuseActions({ text }: HardwareAction): Promise<never> {
  return Promise.reject(new Error(`actions by hand are not measured: ${text}`));
}
