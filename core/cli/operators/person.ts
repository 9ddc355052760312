import { isKind } from "../../common/errors.ts";
import type { BusNow, Hands, ToldBy } from "../../plan/hands.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import type { Operator } from "../../plan/operator.ts";
import type { Prompts } from "../prompts/terminal_prompts.ts";

export interface PersonOptions {
  readonly prompts: Prompts;
  /** Consents given on the command line are not asked for again. */
  readonly permitted: ReadonlySet<string>;
  /** Makes room on the screen for a prompt (RunView.aside). */
  aside<T>(work: () => Promise<T>): Promise<T>;
  /** The person says that the hands are done, while the bus does not show it. */
  onImpatience(action: HardwareAction): void;
  /** Practice: the hands are simulated, and this moves them. */
  move?(action: HardwareAction): Promise<void>;
}

/**
 * Somebody sits at the terminal and is led through hardware actions one by one. What the bus can show
 * (the cable) it shows; what it cannot (a jumper, a switch) the person says with a key. Only the bus
 * decides when all of it is over, and a camera that starts in the wrong way begins it anew.
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
    perform: async (actions, _board, signal, hands) => {
      listening = new AbortController();
      const stop = AbortSignal.any([signal, listening.signal]);
      const lead = new Lead(options, hands, stop);
      try {
        while (!stop.aborted) {
          for (const action of actions) {
            const isLast = action === actions.at(-1);
            if (!await lead.through(action, isLast)) break;
          }
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

/** Keys: simulated hands forget an action; nothing came, so all is done once more. */
const FORGET = "s", AGAIN = "r";

/** Leads through actions until the signal aborts. */
class Lead {
  constructor(
    readonly options: PersonOptions,
    readonly hands: Hands,
    readonly signal: AbortSignal,
  ) {}

  /** @returns false if the camera came back in a way that makes the hands begin anew */
  async through(action: HardwareAction, isLast: boolean): Promise<boolean> {
    const toldBy = await this.#toldBy(action);
    await this.options.prompts.attend();
    this.hands.begin(action, toldBy);
    const over = new AbortController();
    const signal = AbortSignal.any([this.signal, over.signal]);
    const ends = [this.#keys(action, { toldBy, isLast }, signal)];
    if (toldBy === "bus" && !isLast) {
      const shouldBeThere = action.id !== "unplug";
      const fits = ({ isThere }: BusNow) => isThere === shouldBeThere;
      ends.push(this.hands.until(fits, signal).then(() => true));
    }
    // While it is unplugged a wrong camera is still there.
    if (action.id !== "unplug" || toldBy === "person") {
      const isWrong = ({ mistake }: BusNow) => mistake !== undefined;
      ends.push(this.hands.until(isWrong, signal).then(() => false));
    }
    try {
      const isDone = await Promise.race(ends);
      if (isDone) this.hands.done(action, toldBy);
      return isDone;
    } finally {
      over.abort();
      await Promise.allSettled(ends);
    }
  }

  async #toldBy({ id }: HardwareAction): Promise<ToldBy> {
    if (id === "plug" || id === "press-button" || id === "press-reset-twice") return "bus";
    if (id !== "unplug") return "person";
    return (await this.hands.until(() => true, this.signal)).isThere ? "bus" : "person";
  }

  /**
   * @returns true when the person says that an action is done which only a person can tell; false if
   * the person wants to begin anew
   */
  async #keys(
    action: HardwareAction,
    { toldBy, isLast }: { readonly toldBy: ToldBy; readonly isLast: boolean },
    signal: AbortSignal,
  ): Promise<boolean> {
    const { prompts, move, onImpatience } = this.options;
    const others = (move ? FORGET : "") + (isLast ? AGAIN : "");
    for (let isMoved = move === undefined, isTold = false;;) {
      const key = await prompts.keyPressed(signal, others);
      if (key === AGAIN) return false;
      if (isMoved && toldBy === "bus") {
        if (!isTold) onImpatience(action);
        isTold = true;
      } else if (key !== FORGET) await move?.(action);
      isMoved = true;
      if (toldBy === "person") return true;
    }
  }
}
