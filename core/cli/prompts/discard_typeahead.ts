import type { Readable } from "node:stream";
import type { Clock } from "../../common/clock.ts";
import { concat } from "../../common/bytes.ts";
import { CTRL_C, type Prompts } from "./terminal_prompts.ts";

/** The keys of a terminal. */
export interface Keys {
  /** In raw mode, each key arrives at once and is not echoed. */
  readonly input: Readable & { setRawMode?(isRaw: boolean): unknown };
  /** Called for Ctrl-C while no question is open; a raw terminal sends no signal. */
  interrupt(): void;
}

export interface DiscardedKeys {
  /** The same prompts; each gets only the keys pressed for it. */
  readonly prompts: Prompts;
  /** Restores the terminal. */
  close(): void;
}

/** Keys typed before the program started to read arrive within this time, in milliseconds. */
const TYPEAHEAD_MS = 30;

/**
 * Reads and discards keys that no question waits for: they cannot answer a later question and are
 * not echoed on the screen. After `discardTypeahead` is called on the prompts, keys are kept for
 * `keyPressed`.
 */
export async function discardTypeahead(
  { input, interrupt }: Keys,
  prompts: Prompts,
  clock: Clock,
): Promise<DiscardedKeys> {
  let questions = 0, isOpen = true;
  /** Keys pressed for the current screen that nothing has read yet. */
  let kept: Uint8Array[] | undefined;
  const onData = (bytes: Uint8Array) => {
    if (questions > 0) return;
    if (bytes.includes(CTRL_C)) interrupt();
    else kept?.push(bytes);
  };
  const listen = () => {
    input.setRawMode?.(true);
    input.resume();
  };
  /** @param given Keys that were already pressed for this question. */
  const ask = async <T>(
    question: () => Promise<T>,
    given: readonly Uint8Array[] = [],
  ): Promise<T> => {
    if (questions++ === 0) input.setRawMode?.(false);
    try {
      const answer = question();
      if (given.length > 0) input.unshift(concat(given));
      return await answer;
    } finally {
      if (--questions === 0 && isOpen) listen();
    }
  };
  /** Reads and discards the keys pressed so far. */
  const discardPressed = async () => {
    await clock.sleep(0);
    kept = undefined;
  };
  const askFresh = async <T>(question: () => Promise<T>): Promise<T> => {
    await discardPressed();
    return await ask(question);
  };
  input.on("data", onData);
  listen();
  await clock.sleep(TYPEAHEAD_MS);
  return {
    prompts: {
      confirm: (...parameters) => askFresh(() => prompts.confirm(...parameters)),
      typeWord: (...parameters) => askFresh(() => prompts.typeWord(...parameters)),
      select: (...parameters) => askFresh(() => prompts.select(...parameters)),
      search: (...parameters) => askFresh(() => prompts.search(...parameters)),
      line: (...parameters) => askFresh(() => prompts.line(...parameters)),
      discardTypeahead: async () => {
        await discardPressed();
        kept = [];
      },
      keyPressed: async (...parameters) => {
        if (kept === undefined) return await askFresh(() => prompts.keyPressed(...parameters));
        const given = kept;
        kept = [];
        return await ask(() => prompts.keyPressed(...parameters), given);
      },
    },
    close() {
      isOpen = false;
      input.off("data", onData);
      input.setRawMode?.(false);
      input.pause();
    },
  };
}
