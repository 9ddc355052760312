import type { Board } from "../family/board.ts";
import type { ActionTracker } from "./action_tracker.ts";
import type { HardwareAction } from "./hardware_action.ts";
import type { Words } from "../common/text.ts";

/**
 * A permission that a person must give explicitly. `write` is the general one; others belong to one
 * step.
 */
export interface Consent {
  /** `write`, or the name that `--allow-fuse` / `--allow` takes, for example `boot-source`. */
  readonly id: string;
  /** What happens and why it cannot be undone (or what is lost). */
  readonly text: Words;
  /** The word that a person must type; omitted if a plain yes is enough. */
  readonly word?: string;
  /** True if the step burns a fuse; the command line then gives the consent with `--allow-fuse`. */
  readonly isFuse?: true;
}

/** One possible answer to a question; `label` and `hint` are shown, `value` is returned. */
export interface Choice<T> {
  readonly value: T;
  readonly label: Words;
  readonly hint?: Words;
}

/**
 * Answers questions and carries out actions: a person at a terminal, `--yes`, a program that reads
 * JSON, or a simulated board. Methods reject with `cancelled` when the signal aborts.
 */
export interface Operator {
  /**
   * Carries out the actions, or shows them. May return before they are done: the caller waits for
   * the effect on the bus, and the signal aborts once the effect is visible. `tracker` follows the
   * actions if they are shown one by one.
   */
  perform(
    actions: readonly HardwareAction[],
    board: Board,
    signal: AbortSignal,
    tracker: ActionTracker,
  ): Promise<void>;
  /** @returns false if consent is refused; `consent-needed` is thrown if nobody can be asked. */
  consent(consent: Consent, signal: AbortSignal): Promise<boolean>;
  /** @throws UnbrickError `consent-needed` if nobody can be asked. */
  choose<T>(question: Words, choices: readonly Choice<T>[], signal: AbortSignal): Promise<T>;
}
