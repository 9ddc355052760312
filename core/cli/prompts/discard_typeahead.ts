import type { Readable } from "node:stream";
import type { Clock } from "../../common/clock.ts";
import { concat } from "../../common/bytes.ts";
import { CTRL_C, type Prompts } from "./terminal_prompts.ts";

/** The keys of a terminal. */
export interface Keys {
  /** Raw: each key at once, unseen. */
  readonly input: Readable & { setRawMode?(isRaw: boolean): unknown };
  /** What Ctrl-C does while no question is open; a raw terminal sends no signal. */
  interrupt(): void;
}

export interface HeardKeys {
  /** The same questions; each has the keys for itself. */
  readonly prompts: Prompts;
  /** Gives the terminal back. */
  close(): void;
}

/** What was typed before this program read a key arrives within this time, milliseconds. */
const TYPED_BEFORE_MS = 30;

/**
 * Reads the keys that no question waits for, and drops them: they cannot answer a question that comes
 * later, and are not echoed into what is drawn. From `attend` on they are kept for `keyPressed`.
 */
export async function dropUnaskedKeys(
  { input, interrupt }: Keys,
  prompts: Prompts,
  clock: Clock,
): Promise<HeardKeys> {
  let questions = 0, isOpen = true;
  /** Keys for what is on the screen already, while nothing reads them yet. */
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
  /** @param given Keys that were pressed for this question already. */
  const answered = async <T>(
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
  /** What was pressed so far is read and dropped. */
  const dropped = async () => {
    await clock.sleep(0);
    kept = undefined;
  };
  const asked = async <T>(question: () => Promise<T>): Promise<T> => {
    await dropped();
    return await answered(question);
  };
  input.on("data", onData);
  listen();
  await clock.sleep(TYPED_BEFORE_MS);
  return {
    prompts: {
      confirm: (...about) => asked(() => prompts.confirm(...about)),
      typeWord: (...about) => asked(() => prompts.typeWord(...about)),
      select: (...about) => asked(() => prompts.select(...about)),
      search: (...about) => asked(() => prompts.search(...about)),
      line: (...about) => asked(() => prompts.line(...about)),
      attend: async () => {
        await dropped();
        kept = [];
      },
      keyPressed: async (...about) => {
        if (kept === undefined) return await asked(() => prompts.keyPressed(...about));
        const given = kept;
        kept = [];
        return await answered(() => prompts.keyPressed(...about), given);
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
