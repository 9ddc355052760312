import type { RunEvent } from "../plan/events.ts";
import { rewriteTrace } from "./rewrite_trace.ts";
import type { TraceFacts } from "./trace.ts";

/** Regions that hold what the user put on the camera, by the names that people read. */
const OF_THE_USER = /romfs|file ?system|files/i;
/** Jobs that read whatever the user asks for. */
const READING = ["read", "backup"];

/**
 * Leaves the user's own data out of a trace: payloads in steps on the file system or the ROMFS, all that
 * `read` and `backup` read, and all that is read without a job (lines of other tools). Length and SHA-256
 * stay.
 * @param words changes all strings
 */
export function withoutUserData(
  bytes: Uint8Array,
  words?: (text: string) => string,
): Uint8Array {
  let job: string | undefined;
  const steps = new Set<string>();
  return rewriteTrace(bytes, {
    words,
    onFacts(facts: TraceFacts) {
      if (facts.type !== "event") return;
      const event = facts.event as RunEvent;
      if (event.type !== "run-started") return;
      job = event.job;
      for (const { id, title, targets } of event.steps) {
        const names = [id, title, ...targets.map(({ region }) => region)];
        if (names.some((name) => OF_THE_USER.test(String(name)))) steps.add(id);
      }
    },
    leavesOut: ({ isSent, step }) =>
      step !== undefined && steps.has(step) ||
      !isSent && (job === undefined || READING.includes(job)),
  });
}
