import type { RunEvent } from "../plan/events.ts";
import { isContent, type Payload } from "./payload.ts";
import { rewriteTrace } from "./rewrite_trace.ts";

/** Regions that hold what the user put on the camera, by the names that people read. */
const OF_THE_USER = /romfs|file ?system|files|back[- ]?up|\bsave/i;
/** Jobs on whatever the user asks for, and with backups. */
const ALL_OF_THE_USER = ["read", "backup", "put-back"];

/** The check of a running camera: numbers about its pictures, and no picture. */
const CHECK = "take-pictures";

/**
 * Tells which payloads are the user's own data: those in steps on the file system, the ROMFS or a backup,
 * all of `read`, `backup` and `put-back`, and all without a job (lines of other tools); not a check.
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
    if (step === CHECK) return false;
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
