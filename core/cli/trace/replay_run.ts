import type { Operator } from "../../plan/operator.ts";
import type { RunEvent } from "../../plan/events.ts";
import { UnbrickError } from "../../common/errors.ts";
import type { VirtualClock } from "../../common/virtual_clock.ts";
import { KnownPayloads } from "../../trace/known_payloads.ts";
import { readTrace, type TraceEntry } from "../../trace/read_trace.ts";
import { ReplayedSerialBus } from "../../trace/replayed_serial.ts";
import { ReplayedBus } from "../../trace/replayed_usb.ts";
import { type Difference, Timeline } from "../../trace/timeline.ts";
import { Trace } from "../../trace/trace.ts";
import { concat } from "../../common/bytes.ts";
import type { Context } from "../context.ts";
import { recordedLooks } from "./recorded_looks.ts";
import { RunTrace } from "./run_trace.ts";

/** What became of a replay. */
export interface Replayed {
  /** The first request that differs from the recording. */
  readonly difference?: Difference;
  /** The first event of the run that differs; undefined where one of them has none. */
  readonly event?: { readonly recorded?: string; readonly now?: string };
  /** How many payloads were left out of the recording, and unknown, so that other bytes stood in for them. */
  readonly standIns: number;
  /** How the recording, and the replay, ended. */
  readonly recorded: string;
  readonly now: string;
}

/**
 * Runs `work` against a recording, on virtual time, until its first request that differs.
 * @param entries of one command line
 */
export async function replay(
  entries: readonly TraceEntry[],
  { context, clock }: { readonly context: Context; readonly clock: VirtualClock },
  work: (context: Context) => Promise<unknown>,
): Promise<Replayed> {
  const stop = new AbortController();
  const timeline = new Timeline(entries, clock, () => stop.abort());
  const payloads = new KnownPayloads();
  const usb = new ReplayedBus(timeline, payloads);
  const serial = new ReplayedSerialBus(timeline, payloads);
  const blocks: Uint8Array[] = [];
  const sink = { write: (block: Uint8Array) => void blocks.push(block) };
  const trace = new RunTrace([new Trace({ sink, clock, application: "unbrick replay" })]);
  const replayed: Context = {
    ...context,
    clock,
    signal: AbortSignal.any([context.signal, stop.signal]),
    trace,
    replay: {
      usb,
      serial,
      operator: recordedOperator(entries),
      look: recordedLooks(timeline, payloads),
      addImage: (bytes) => payloads.addImage(bytes),
    },
    openUsbBus: () => Promise.resolve(usb),
    openSerialBus: () => Promise.resolve(serial),
  };
  await clock.run(async () => await work(replayed));
  const left = timeline.firstOpen;
  const { standIns } = payloads;
  const [before, after] = [entries, readTrace(concat(blocks), "the replay")]
    .map((one) => eventsOf(one, standIns === 0));
  const at = before.findIndex((event, index) => event !== after[index]);
  return {
    ...(timeline.difference
      ? { difference: timeline.difference }
      : left && { difference: { recorded: left } }),
    ...(at >= 0
      ? { event: { recorded: before[at], now: after[at] } }
      : after.length > before.length && { event: { now: after[before.length] } }),
    standIns,
    recorded: before.at(-1) ?? "",
    now: after.at(-1) ?? "",
  };
}

/** Answers as the recorded person did; what was done by hand is in the recording. */
function recordedOperator(entries: readonly TraceEntry[]): Operator {
  const events = runEvents(entries);
  const consents = events.flatMap((event) => event.type === "consent" ? [event] : []);
  const answers = entries.flatMap((one) =>
    one.type === "note" && one.facts.type === "answer" ? [Number(one.facts.index)] : []
  );
  const missing = () =>
    new UnbrickError("consent-needed", "The recording has no answer to this question.");
  return {
    perform: () => Promise.resolve(),
    consent({ id }) {
      const at = consents.findIndex((consent) => consent.id === id);
      if (at < 0) return Promise.reject(missing());
      return Promise.resolve(consents.splice(at, 1)[0].granted);
    },
    choose(_question, choices) {
      const choice = choices[answers.shift() ?? -1];
      return choice ? Promise.resolve(choice.value) : Promise.reject(missing());
    },
  };
}

const runEvents = (entries: readonly TraceEntry[]) =>
  entries.flatMap((one) =>
    one.type === "note" && one.facts.type === "event" ? [one.facts.event as RunEvent] : []
  );

/**
 * The events of a run that must be the same in each replay, one line each.
 * @param isWhole false if other bytes stood in for something: then digests of what was read differ
 */
function eventsOf(entries: readonly TraceEntry[], isWhole: boolean): string[] {
  return runEvents(entries).flatMap((event): string[] => {
    switch (event.type) {
      case "step-started":
      case "step-skipped":
      case "step-left-out":
      case "step-done":
      case "changing":
        return [`${event.type} ${event.step}`];
      case "connected":
        return [`connected ${event.detected.usbId} ${event.detected.port}`];
      case "consent":
        return [`consent ${event.id} ${event.granted}`];
      case "proof": {
        // Not its words: they may be said better in another version.
        const { evidence, address, bytes, sha256 } = event.proof;
        const digest = isWhole ? sha256 : "";
        return [["proof", event.step, evidence, address, bytes, digest].join(" ").trimEnd()];
      }
      case "checked":
        return [`checked: ${event.error?.kind ?? "no fault"}`];
      case "output":
        return [`output ${event.name}, ${event.bytes} bytes`];
      case "run-ended": {
        const { outcome, exitCode, error } = event;
        return [`run-ended ${outcome}, exit code ${exitCode}${error ? `, ${error.kind}` : ""}`];
      }
      default:
        return [];
    }
  });
}
