import { harmless } from "../../common/format.ts";
import { plural, sentences, text, type Words } from "../../common/text.ts";
import type { TraceEntry } from "../../trace/read_trace.ts";
import type { Replayed } from "./replay_run.ts";
import { type TraceLine, traceLines, traceLineText } from "./trace_lines.ts";

/** Says that other bytes stood in for what was left out of the recording; nothing if none had to. */
export function standInLines({ standIns, difference, event }: Replayed): Words[] {
  if (standIns === 0) return [];
  const what = plural(
    standIns,
    text`${standIns} payload was left out of the recording, so other bytes stood in for it.`,
    text`${standIns} payloads were left out of the recording, so other bytes stood in for them.`,
  );
  return difference || event
    ? [
      sentences(
        what,
        text`The difference may come of that: a run with --with-user-data keeps them.`,
      ),
    ]
    : [what];
}

/** Says where a replay differs from its recording: both requests decoded, and their first different byte. */
export function differenceLines(
  { difference, event }: Replayed,
  entries: readonly TraceEntry[],
): Words[] {
  if (difference) {
    const { recorded, now } = difference;
    const start = entries[0].time;
    const lines = decoded(entries, now);
    const shown = (entry: TraceEntry | undefined): Words => {
      const line = entry && lines.find((one) => one.entry === entry);
      return line ? traceLineText(line, start).trim() : text`nothing more`;
    };
    const number = recorded ? entries.indexOf(recorded) + 1 : entries.length;
    const byte = recorded && now && firstDifference(sentBytes(recorded), sentBytes(now));
    return [
      text`The replay differs from the recording at entry ${number} of ${entries.length}.`,
      text`  Recorded: ${shown(recorded)}`,
      text`  Now:      ${shown(now)}`,
      ...(byte ? [byte] : []),
    ];
  }
  if (!event) return [];
  const or = (line: string | undefined): Words => line === undefined ? text`nothing more` : line;
  return [
    text`The replay asked for the same, but its events differ.`,
    text`  Recorded: ${harmless(or(event.recorded))}`,
    text`  Now:      ${harmless(or(event.now))}`,
  ];
}

/** The lines of the recording, and that of a request which is not in it, decoded in its place. */
function decoded(entries: readonly TraceEntry[], now: TraceEntry | undefined): TraceLine[] {
  return traceLines(now ? [...entries, now] : entries);
}

function sentBytes(entry: TraceEntry): Uint8Array | undefined {
  if (entry.type === "note" || entry.leftOut) return undefined;
  return entry.type === "serial" ? entry.bytes : entry.sent;
}

function firstDifference(
  recorded: Uint8Array | undefined,
  now: Uint8Array | undefined,
): Words | undefined {
  if (!recorded || !now || recorded.length === 0 || now.length === 0) return undefined;
  const at = now.findIndex((byte, index) => byte !== recorded[index]);
  if (at < 0) return undefined;
  const digits = (byte: number | undefined) => byte?.toString(16).padStart(2, "0") ?? "-";
  return text`  First different byte: at offset ${at}, recorded ${digits(recorded[at])}, now ${
    digits(now[at])
  }.`;
}
