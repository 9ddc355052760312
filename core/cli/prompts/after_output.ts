import type { Prompts } from "./terminal_prompts.ts";

/** The longest time for earlier output to appear before a question, in milliseconds. */
const STALL_MS = 1_000;

/** Returns prompts that wait until earlier output is on the screen. */
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
