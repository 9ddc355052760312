import { isKind } from "../../common/errors.ts";
import type { ActionTracker, CameraPresence, ConfirmedBy } from "../../plan/action_tracker.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import type { Operator } from "../../plan/operator.ts";
import type { Prompts } from "../prompts/terminal_prompts.ts";

export interface TerminalOperatorOptions {
  readonly prompts: Prompts;
  /** Consents given on the command line; these are not asked for again. */
  readonly grantedConsents: ReadonlySet<string>;
  /** Makes room on the screen for a prompt (RunView.withPrompt). */
  withPrompt<T>(work: () => Promise<T>): Promise<T>;
  /** Called when the person presses a key before the action is visible on the bus. */
  onEarlyKey(action: HardwareAction): void;
  /** For practice: performs the action on the simulated board. */
  simulate?(action: HardwareAction): Promise<void>;
}

/**
 * Returns an operator that guides a person at the terminal through hardware actions one by one. The
 * cable is visible on the bus; for a jumper or a switch, the person presses a key. Only the bus
 * decides when all actions are done. If the camera starts in the wrong mode, the actions start
 * again.
 */
export function terminalOperator(options: TerminalOperatorOptions): Operator {
  const { prompts, grantedConsents, withPrompt } = options;
  let listening: AbortController | undefined;

  /** Only one reader may use the keys: a question ends the wait for a key. */
  function ask<T>(question: () => Promise<T>): Promise<T> {
    listening?.abort();
    return withPrompt(question);
  }

  return {
    perform: async (actions, _board, signal, tracker) => {
      listening = new AbortController();
      const stop = AbortSignal.any([signal, listening.signal]);
      const guide = new ActionGuide(options, tracker, stop);
      try {
        while (!stop.aborted) {
          for (const action of actions) {
            const isLast = action === actions.at(-1);
            if (!await guide.follow(action, isLast)) break;
          }
        }
      } catch (error) {
        if (!stop.aborted || !isKind(error, "cancelled")) throw error;
      }
    },
    consent: async ({ id, text, word }, signal) => {
      if (grantedConsents.has(id)) return true;
      return await ask(() =>
        word === undefined ? prompts.confirm(text, signal) : prompts.typeWord(text, word, signal)
      );
    },
    choose: (question, choices, signal) => ask(() => prompts.select(question, choices, signal)),
  };
}

/** Keys: skip a simulated action "by mistake"; start all actions again. */
const SKIP_KEY = "s", RETRY_KEY = "r";

/** Guides the person through actions until the signal aborts. */
class ActionGuide {
  constructor(
    readonly options: TerminalOperatorOptions,
    readonly tracker: ActionTracker,
    readonly signal: AbortSignal,
  ) {}

  /** @returns false if the camera came back in the wrong mode and the actions must start again */
  async follow(action: HardwareAction, isLast: boolean): Promise<boolean> {
    const confirmedBy = await this.#confirmedBy(action);
    await this.options.prompts.discardTypeahead();
    this.tracker.begin(action, confirmedBy);
    const over = new AbortController();
    const signal = AbortSignal.any([this.signal, over.signal]);
    const ends = [this.#keys(action, { confirmedBy, isLast }, signal)];
    if (confirmedBy === "bus" && !isLast) {
      const shouldBeThere = action.id !== "unplug";
      const fits = ({ isPresent }: CameraPresence) => isPresent === shouldBeThere;
      ends.push(this.tracker.until(fits, signal).then(() => true));
    }
    // A wrong camera may still be present while it is being unplugged.
    if (action.id !== "unplug" || confirmedBy === "person") {
      const isWrong = ({ mistake }: CameraPresence) => mistake !== undefined;
      ends.push(this.tracker.until(isWrong, signal).then(() => false));
    }
    try {
      const isDone = await Promise.race(ends);
      if (isDone) this.tracker.done(action, confirmedBy);
      return isDone;
    } finally {
      over.abort();
      await Promise.allSettled(ends);
    }
  }

  async #confirmedBy({ id }: HardwareAction): Promise<ConfirmedBy> {
    if (id === "plug" || id === "press-button" || id === "press-reset-twice") return "bus";
    if (id !== "unplug") return "person";
    return (await this.tracker.until(() => true, this.signal)).isPresent ? "bus" : "person";
  }

  /**
   * @returns true when the person confirms an action that is not visible on the bus; false if the
   * person wants to start again
   */
  async #keys(
    action: HardwareAction,
    { confirmedBy, isLast }: { readonly confirmedBy: ConfirmedBy; readonly isLast: boolean },
    signal: AbortSignal,
  ): Promise<boolean> {
    const { prompts, simulate, onEarlyKey } = this.options;
    const others = (simulate ? SKIP_KEY : "") + (isLast ? RETRY_KEY : "");
    for (let isSimulated = simulate === undefined, isReported = false;;) {
      const key = await prompts.keyPressed(signal, others);
      if (key === RETRY_KEY) return false;
      if (isSimulated && confirmedBy === "bus") {
        if (!isReported) onEarlyKey(action);
        isReported = true;
      } else if (key !== SKIP_KEY) await simulate?.(action);
      isSimulated = true;
      if (confirmedBy === "person") return true;
    }
  }
}
