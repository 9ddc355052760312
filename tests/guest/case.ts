import type { Guest } from "./guest.ts";

/** One test case. It throws if its claim is not true. */
export interface GuestCase {
  readonly name: string;
  /** Default 300 s: the deadline is for hangs, not for speed. */
  readonly deadlineMs?: number;
  run(guest: Guest): Promise<void>;
}
