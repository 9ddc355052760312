import type { Guest } from "./guest.ts";

/** One case: throws if what it claims does not hold. */
export interface GuestCase {
  readonly name: string;
  /** Default 120 s. */
  readonly deadlineMs?: number;
  run(guest: Guest): Promise<void>;
}
