import { asUnbrickError } from "../../common/errors.ts";
import type { Operator } from "../../plan/operator.ts";
import type { RunEvent } from "../../plan/events.ts";
import type { StationEvent } from "../../station/events.ts";
import type { Trace, TraceFacts } from "../../trace/trace.ts";
import { TracedSerialBus } from "../../trace/traced_serial.ts";
import { TracedBus } from "../../trace/traced_usb.ts";
import type { SerialBus } from "../../transport/serial/port.ts";
import type { UsbBus } from "../../transport/usb/device.ts";
import type { Look } from "./look.ts";

/** The traces of one command line: whatever happens goes into each of them. */
export class RunTrace {
  /** @param isKept true if `unbrick runs` will list this run */
  constructor(private readonly traces: readonly Trace[], readonly isKept = false) {}

  /** Returns the traces of a part of the command line: these and one more. */
  and(trace: Trace): RunTrace {
    return new RunTrace([...this.traces, trace], this.isKept);
  }

  usb(bus: UsbBus): UsbBus {
    return this.traces.reduce<UsbBus>((inner, trace) => new TracedBus(inner, trace), bus);
  }

  serial(bus: SerialBus): SerialBus {
    return this.traces.reduce<SerialBus>((inner, trace) => new TracedSerialBus(inner, trace), bus);
  }

  note(facts: TraceFacts, words: string): void {
    for (const trace of this.traces) trace.note(facts, words);
  }

  event(event: RunEvent): void {
    for (const trace of this.traces) trace.event(event);
  }

  /** Notes that a step looks at its region, and what it found. */
  readonly look: Look = async (step, work) => {
    this.note({ type: "look", step }, `look: ${step}`);
    for (const trace of this.traces) trace.looking(step);
    try {
      const result = await work();
      this.note({ type: "looked", step, result }, `looked: ${step}`);
      return result;
    } catch (thrown) {
      const { kind, message, data } = asUnbrickError(thrown);
      this.note({ type: "looked", step, error: { kind, message, data } }, `looked: ${message}`);
      throw thrown;
    } finally {
      for (const trace of this.traces) trace.looking(undefined);
    }
  };

  /** An operator that answers as the one given; its choices are noted. */
  operator(operator: Operator): Operator {
    return {
      ...operator,
      choose: async (question, choices, signal) => {
        const value = await operator.choose(question, choices, signal);
        const index = choices.findIndex((choice) => choice.value === value);
        const answer = String(choices[index]?.label);
        this.note({ type: "answer", question, answer, index }, `answer: ${answer}`);
        return value;
      },
    };
  }

  /** Several cameras at once: no step is the one that is under way. */
  stationEvent(event: StationEvent): void {
    if (event.type !== "progress") this.note({ type: "station", event }, `station: ${event.type}`);
  }
}
