import type { Board } from "../family/board.ts";
import type { ActionTracker } from "./action_tracker.ts";
import type { HardwareAction } from "./hardware_action.ts";
import type { Words } from "../common/text.ts";

/** A permission that must be given by word, for one step. `write` is the ordinary one. */
export interface Consent {
  /** `write`, or the name that `--allow-fuse` / `--allow` takes, for example `boot-source`. */
  readonly id: string;
  /** What happens and why it cannot be undone (or what is lost). */
  readonly text: Words;
  /** A person must type this word; left out for a plain yes. */
  readonly word?: string;
  /** It burns a fuse: on the command line it is given with `--allow-fuse`. */
  readonly isFuse?: true;
}

/** One answer to a question; `label` and `hint` are for people, `value` is what comes back. */
export interface Choice<T> {
  readonly value: T;
  readonly label: Words;
  readonly hint?: Words;
}

/**
 * Whoever does the work by hand: a person at a terminal, `--yes`, a JSON peer, or a simulated board's own
 * hands. Methods reject with `cancelled` when the signal aborts.
 */
export interface Operator {
  /**
   * Carries the actions out, or shows them. May return before the hands have moved: the caller waits
   * for the effect on the bus. The signal aborts once the effect was seen. `hands` tells what the bus
   * shows meanwhile, for whoever leads through the actions one by one.
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
