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
    confirm: (...about) => after(() => prompts.confirm(...about)),
    typeWord: (...about) => after(() => prompts.typeWord(...about)),
    select: (...about) => after(() => prompts.select(...about)),
    search: (...about) => after(() => prompts.search(...about)),
    line: (...about) => after(() => prompts.line(...about)),
  };
}
