import type { Guest } from "./guest.ts";

/** One case: throws if what it claims does not hold. */
export interface GuestCase {
  readonly name: string;
  /** Default 300 s: this is about deadlocks, not speed. */
  readonly deadlineMs?: number;
  run(guest: Guest): Promise<void>;
}
