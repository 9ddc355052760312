import type { RunEvent } from "../plan/events.ts";
import { rewriteTrace } from "./rewrite_trace.ts";
import type { TraceFacts } from "./trace.ts";

/** Regions that hold what the user put on the camera, and pictures, by the names that people read. */
const OF_THE_USER = /romfs|file ?system|files|back[- ]?up|\bsave|pictures/i;
/** Jobs on whatever the user asks for, with backups, and with pictures. */
const ALL_OF_THE_USER = ["read", "backup", "put-back", "check"];

/**
 * Leaves the user's own data out of a trace: payloads in steps on the file system, the ROMFS or a backup,
 * all of `read`, `backup`, `put-back` and `check`, and all that is read without a job (lines of other
 * tools). Length and SHA-256 stay.
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
      (job === undefined ? !isSent : ALL_OF_THE_USER.includes(job)),
  });
}
