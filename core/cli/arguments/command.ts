import type { Text } from "../../common/text.ts";
import type { Session } from "../session.ts";
import type { Common } from "./common_options.ts";
import type { Part } from "./options.ts";

/** A command line of an example, and what it does. */
export type Example = readonly [line: string, what: Text];

type Parts = Readonly<Record<string, Part<unknown>>>;

/** What the parts of a command give. */
type Given<P extends Parts> = {
  readonly [Key in keyof P]: P[Key] extends Part<infer T> ? T : never;
};

/** A command of unbrick: its help, its parsing, its completion and its work come from this entry. */
export interface Command {
  readonly name: string;
  /** What stands behind the name in its usage line. */
  readonly tail: string;
  readonly brief: Text;
  readonly description?: Text;
  readonly examples: readonly Example[];
  /** The options and arguments that it alone has. */
  readonly parts: Parts;
  /** Which of the common options it takes. */
  readonly common: Common;
  /** What the word behind the name chooses; the first one if none is given. */
  readonly actions?: readonly Action[];
  /** A person is led through it: keys belong to its questions alone. */
  readonly isGuided?: boolean;
  /** @returns the exit code */
  run(session: Session, given: never): number | Promise<number>;
}

/** One thing that a command with several can do. */
export type Action = Omit<Command, "common" | "actions" | "isLed" | "description">;

/** A command, with the types of what its parts give. */
export function command<const P extends Parts>(
  entry: Omit<Command, "parts" | "run"> & {
    readonly parts: P;
    run(session: Session, given: Given<P>): number | Promise<number>;
  },
): Command {
  return entry;
}

/** As `command`, for one of several actions. */
export function action<const P extends Parts>(
  entry: Omit<Action, "parts" | "run"> & {
    readonly parts: P;
    run(session: Session, given: Given<P>): number | Promise<number>;
  },
): Action {
  return entry;
}
