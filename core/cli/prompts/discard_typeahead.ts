import type { Readable } from "node:stream";
import type { Clock } from "../../common/clock.ts";
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
 * From now on keys that no question waits for are read and dropped: they cannot answer a question that
 * comes later, and are not echoed into what is drawn.
 */
export async function dropUnaskedKeys(
  { input, interrupt }: Keys,
  prompts: Prompts,
  clock: Clock,
): Promise<HeardKeys> {
  let questions = 0, isOpen = true;
  const onData = (bytes: Uint8Array) => {
    if (questions === 0 && bytes.includes(CTRL_C)) interrupt();
  };
  const listen = () => {
    input.setRawMode?.(true);
    input.resume();
  };
  const asked = async <T>(question: () => Promise<T>): Promise<T> => {
    await clock.sleep(0); // what was pressed with the answer before is read and dropped
    if (questions++ === 0) input.setRawMode?.(false);
    try {
      return await question();
    } finally {
      if (--questions === 0 && isOpen) listen();
    }
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
      keyPressed: (...about) => asked(() => prompts.keyPressed(...about)),
    },
    close() {
      isOpen = false;
      input.off("data", onData);
      input.setRawMode?.(false);
      input.pause();
    },
  };
}
