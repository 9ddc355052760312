import { harmless } from "../../common/format.ts";
import { describeBytes, describeTransfer } from "../../trace/describe.ts";
import type { TracedError, TraceEntry } from "../../trace/read_trace.ts";
import { TracedDevices } from "../../trace/traced_devices.ts";

/** An entry of a trace in words. */
export interface TraceLine {
  /** Microseconds since 1970. */
  readonly time: number;
  /** Bus and address (`1.2`), serial port, or empty. */
  readonly place: string;
  readonly what: string;
  readonly answer?: string;
  /** How long a transfer took, microseconds; left out if it has not ended, or for other entries. */
  readonly us?: number;
  readonly step?: string;
  readonly isError: boolean;
  readonly entry: TraceEntry;
}

/** Returns the entries in words, in the order of the file. */
export function traceLines(entries: readonly TraceEntry[]): TraceLine[] {
  const devices = new TracedDevices();
  return entries.map((entry) => {
    const device = devices.next(entry) ?? {};
    const { time, step } = entry;
    const common = { time, step, entry };
    if (entry.type === "note") {
      const isError = entry.facts.error !== undefined || failedEvent(entry.facts.event);
      return { ...common, place: "", what: entry.words, isError };
    }
    if (entry.type === "serial") {
      const arrow = entry.direction === "sent" ? "sent" : "received";
      const { words, isError } = describeBytes(entry);
      return { ...common, place: entry.path, what: `${arrow} ${words}`, isError };
    }
    const { request, answer, isError = false } = describeTransfer(entry, device);
    const { bus, address, ended, status, error } = entry;
    return {
      ...common,
      place: `${bus}.${address}`,
      what: request,
      answer: ended === undefined ? "not ended" : error ? errorWords(error) : answer,
      ...(ended !== undefined && { us: ended - time }),
      isError: isError || status !== 0,
    };
  });
}

const errorWords = ({ kind, message }: TracedError) => `${kind}: ${message}`;

function failedEvent(event: unknown): boolean {
  return typeof event === "object" && event !== null && "error" in event &&
    event.error !== undefined;
}

/** `   1.954077  1.2  DNLOAD block 3, 2048 bytes → stalled: …  (12.3 ms)` @param start as `time` */
export function traceLineText(
  { time, place, what, answer, us, isError }: TraceLine,
  start: number,
): string {
  const seconds = ((time - start) / 1e6).toFixed(6).padStart(11);
  const end = us === undefined ? "" : `  (${(us / 1000).toFixed(1)} ms)`;
  const words = answer === undefined ? what : `${what} → ${answer}`;
  return `${seconds} ${isError ? "!" : " "} ${place.padEnd(6)} ${harmless(words)}${end}`;
}
