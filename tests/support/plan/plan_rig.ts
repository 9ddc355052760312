import { DeviceFinder } from "../../../core/device/finder.ts";
import type { BoardFamily, Plan, SimulatedBoard } from "../../../core/family/family.ts";
import { VirtualPorts } from "../../../core/transport/virtual_ports.ts";
import { VirtualClock } from "../../../core/common/virtual_clock.ts";
import { type RunOptions, runPlan, type RunResult } from "../../../core/plan/engine.ts";
import type { RunEvent } from "../../../core/plan/events.ts";
import type { Operator } from "../../../core/plan/operator.ts";

/** A virtual bus on virtual time, on which the families' tests run plans with simulated cameras. */
export class Trial {
  readonly clock = new VirtualClock();
  readonly ports = new VirtualPorts(this.clock);
  readonly bus = this.ports.bus;
  readonly serial = this.ports.adapters;
  /** The events of the last run. */
  events: RunEvent[] = [];

  constructor(readonly families: readonly BoardFamily[]) {}

  /** The texts of all notes of the last run. */
  get notes(): string[] {
    return this.events.flatMap((event) => event.type === "note" ? [String(event.text)] : []);
  }

  /**
   * The ids of the steps that the last run skipped, because the camera already contained their
   * result.
   */
  get skipped(): string[] {
    return this.events.flatMap((event) => event.type === "step-skipped" ? [event.step] : []);
  }

  /** The ids of the steps of the last run that began to change the camera. */
  get changed(): string[] {
    return this.events.flatMap((event) => event.type === "changing" ? [event.step] : []);
  }

  /** Runs a plan with the simulated user of `camera`; must be called inside `clock.run`. */
  async run(
    plan: Plan,
    camera: SimulatedBoard,
    options: Partial<RunOptions> = {},
  ): Promise<RunResult> {
    this.events = [];
    const memory = this.ports.openBus();
    try {
      return await runPlan(plan, {
        clock: this.clock,
        signal: new AbortController().signal,
        finder: new DeviceFinder(memory, this.families, this.clock),
        serial: this.ports.serial,
        operator: agreeingOperator(camera),
        simulated: true,
        onEvent: (event) => this.events.push(event),
        ...options,
      });
    } finally {
      await memory.close();
    }
  }
}

/** Returns an operator who does every step by hand, agrees to everything, and takes the first choice. */
export function agreeingOperator(camera: Pick<SimulatedBoard, "perform">): Operator {
  return {
    async perform(actions) {
      for (const action of actions) await camera.perform(action);
    },
    consent: () => Promise.resolve(true),
    choose: (_question, choices) => Promise.resolve(choices[0].value),
  };
}
