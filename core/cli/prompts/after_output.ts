import type { Prompts } from "./terminal_prompts.ts";

/** What the question is about may take this long to appear, milliseconds. */
const STALL_MS = 1_000;

/** Returns the same questions; each waits until what was said before it is on the screen. */
export function afterOutput(
  prompts: Prompts,
  flush: (stallMs: number) => Promise<unknown>,
): Prompts {
  const after = async <T>(question: () => Promise<T>): Promise<T> => {
    await flush(STALL_MS);
    return await question();
  };
  return {
    ...prompts,
    confirm: (...parameters) => after(() => prompts.confirm(...parameters)),
    typeWord: (...parameters) => after(() => prompts.typeWord(...parameters)),
    select: (...parameters) => after(() => prompts.select(...parameters)),
    search: (...parameters) => after(() => prompts.search(...parameters)),
    line: (...parameters) => after(() => prompts.line(...parameters)),
  };
}
