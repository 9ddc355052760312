import type { Text } from "../../common/text.ts";
import type { Session } from "../session.ts";
import type { Common } from "./common_options.ts";
import type { Part } from "./options.ts";

/** An example command line and what it does. */
export type Example = readonly [line: string, what: Text];

type Parts = Readonly<Record<string, Part<unknown>>>;

/** The parsed values of a command's options and arguments. */
type Given<P extends Parts> = {
  readonly [Key in keyof P]: P[Key] extends Part<infer T> ? T : never;
};

/**
 * Describes a command of unbrick: its help, parsing and completion, and the function that runs it.
 */
export interface Command {
  readonly name: string;
  /** The rest of the usage line after the name. */
  readonly tail: string;
  readonly brief: Text;
  readonly description?: Text;
  readonly examples: readonly Example[];
  /** The command's own options and arguments. */
  readonly parts: Parts;
  /** The common options that it accepts. */
  readonly common: Common;
  /** Actions chosen by the word after the name. The first one is the default. */
  readonly actions?: readonly Action[];
  /** True if the command guides a person: keys are then used only to answer its questions. */
  readonly isGuided?: boolean;
  /** @returns the exit code */
  run(session: Session, given: never): number | Promise<number>;
}

/** One of several actions of a command. */
export type Action = Omit<Command, "common" | "actions" | "isGuided" | "description">;

/** Returns a command whose `run` gets the typed values of its parts. */
export function command<const P extends Parts>(
  entry: Omit<Command, "parts" | "run"> & {
    readonly parts: P;
    run(session: Session, given: Given<P>): number | Promise<number>;
  },
): Command {
  return entry;
}

/** Works like `command`, for one of several actions. */
export function action<const P extends Parts>(
  entry: Omit<Action, "parts" | "run"> & {
    readonly parts: P;
    run(session: Session, given: Given<P>): number | Promise<number>;
  },
): Action {
  return entry;
}
