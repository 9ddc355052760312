import { UnbrickError } from "../../common/errors.ts";
import type { KnownPayloads } from "../../trace/known_payloads.ts";
import type { TracedNote, TraceEntry } from "../../trace/read_trace.ts";
import type { Timeline } from "../../trace/timeline.ts";
import type { ErrorData, ErrorKind } from "../../common/errors.ts";
import type { Look } from "./look.ts";

/** A recorded look at a region, from its note to that of its end. */
interface RecordedLook {
  readonly step: string;
  readonly entries: readonly TraceEntry[];
  readonly end: TracedNote;
}

/**
 * Returns what looks again as in a recording. If the recording left out what a look read, requests of
 * the look may be missing, and what it found is taken from the recording.
 */
export function recordedLooks(timeline: Timeline, payloads: KnownPayloads): Look {
  const looks = looksIn(timeline.entries);
  /** Steps that found something which the recording left out. */
  const followed = new Set<string>();
  return async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    const [next] = looks;
    if (next?.step !== step) return await work();
    looks.shift();
    const { entries, end } = next;
    const isUnknown = followed.has(step) ||
      entries.some((one) =>
        one.type !== "note" && one.leftOut !== undefined && !payloads.knows(one.leftOut)
      );
    if (!isUnknown || !canFollow(end)) return await work();
    followed.add(step);
    await timeline.pass(entries, work);
    await timeline.clock.sleep(timeline.msUntil(end.time));
    const { result, error } = end.facts;
    if (error) {
      const { kind, message, data } = error as RecordedError;
      throw new UnbrickError(kind, message, data);
    }
    return result as T;
  };
}

interface RecordedError {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly data: ErrorData;
}

function looksIn(entries: readonly TraceEntry[]): RecordedLook[] {
  const looks: RecordedLook[] = [];
  let start = 0;
  for (const [at, entry] of entries.entries()) {
    if (entry.type !== "note") continue;
    if (entry.facts.type === "look") start = at;
    else if (entry.facts.type === "looked") {
      looks.push({
        step: String(entry.facts.step),
        entries: entries.slice(start, at),
        end: entry,
      });
    }
  }
  return looks;
}

/** A proof of memory is only made of bytes, so it cannot be taken from a recording. */
function canFollow({ facts }: TracedNote): boolean {
  return (facts.result as { evidence?: string } | undefined)?.evidence !== "read-back";
}
