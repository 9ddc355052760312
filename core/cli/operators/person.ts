import { isKind } from "../../errors.ts";
import type { Operator } from "../../plan/operator.ts";
import type { Prompts } from "../prompts.ts";

export interface PersonOptions {
  readonly prompts: Prompts;
  /** Consents given on the command line are not asked for again. */
  readonly permitted: ReadonlySet<string>;
  /** Makes room on the screen for a prompt (RunView.aside). */
  aside<T>(work: () => Promise<T>): Promise<T>;
  /** The person says that the hands are done, while the bus does not show it. */
  onImpatience(): void;
}

/**
 * Somebody sits at the terminal. Hardware actions are shown by the view; a key may say that they are
 * done, but only the bus decides.
 */
export function person(options: PersonOptions): Operator {
  const { prompts, permitted, aside } = options;
  let listening: AbortController | undefined;

  /** Only one may read the keys: a question ends the listening for "done". */
  function ask<T>(question: () => Promise<T>): Promise<T> {
    listening?.abort();
    return aside(question);
  }

  return {
    perform: async (_actions, _board, signal) => {
      listening = new AbortController();
      const stop = AbortSignal.any([signal, listening.signal]);
      try {
        while (!stop.aborted) {
          await prompts.keyPressed(stop);
          options.onImpatience();
        }
      } catch (error) {
        if (!stop.aborted || !isKind(error, "cancelled")) throw error;
      }
    },
    consent: async ({ id, text, word }, signal) => {
      if (permitted.has(id)) return true;
      return await ask(() =>
        word === undefined ? prompts.confirm(text, signal) : prompts.typeWord(text, word, signal)
      );
    },
    choose: (question, choices, signal) => ask(() => prompts.select(question, choices, signal)),
  };
}
