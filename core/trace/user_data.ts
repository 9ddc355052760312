import type { RunEvent } from "../plan/events.ts";
import { isContent, type Payload } from "./payload.ts";
import { rewriteTrace } from "./rewrite_trace.ts";

/** Regions that hold what the user put on the camera, and pictures, by the names that people read. */
const OF_THE_USER = /romfs|file ?system|files|back[- ]?up|\bsave|pictures/i;
/** Jobs on whatever the user asks for, with backups, and with pictures. */
const ALL_OF_THE_USER = ["read", "backup", "put-back", "check"];

/**
 * Tells which payloads are the user's own data: those in steps on the file system, the ROMFS or a backup,
 * all of `read`, `backup`, `put-back` and `check`, and all without a job (lines of other tools).
 */
export class UserData {
  #job: string | undefined;
  readonly #steps = new Set<string>();

  /** Learns from an event of the run what follows it. */
  event(event: RunEvent): void {
    if (event.type !== "run-started") return;
    this.#job = event.job;
    for (const { id, title, targets } of event.steps) {
      const names = [id, title, ...targets.map(({ region }) => region)];
      if (names.some((name) => OF_THE_USER.test(String(name)))) this.#steps.add(id);
    }
  }

  includes(payload: Payload): boolean {
    const { step } = payload;
    const isOfTheUser = step !== undefined && this.#steps.has(step) ||
      this.#job === undefined || ALL_OF_THE_USER.includes(this.#job);
    return isOfTheUser && isContent(payload);
  }
}

/**
 * Leaves the user's own data out of a trace; length and SHA-256 stay.
 * @param words changes all strings
 */
export function withoutUserData(
  bytes: Uint8Array,
  words?: (text: string) => string,
): Uint8Array {
  const userData = new UserData();
  return rewriteTrace(bytes, {
    words,
    onFacts(facts) {
      if (facts.type === "event") userData.event(facts.event as RunEvent);
    },
    leavesOut: (payload) => userData.includes(payload),
  });
}
