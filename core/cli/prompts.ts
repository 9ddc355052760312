import type { CommonOptions } from "@clack/prompts";
import process from "node:process";
import { abortError } from "../clock.ts";
import { UnbrickError } from "../errors.ts";
import { say } from "./language/say.ts";
import type { Choice } from "../plan/operator.ts";

/** Questions to a person at a terminal. The one file that knows @clack/prompts. */

type Streams = Pick<CommonOptions, "input" | "output">;

/** Loaded at the first question: most runs ask none. */
const load = () => import("@clack/prompts");

export interface Prompts {
  /** @throws UnbrickError `cancelled` on Ctrl-C or Escape, or when the signal aborts (all three). */
  confirm(question: string, signal: AbortSignal): Promise<boolean>;
  /** Asks until `word` is typed; an empty line is a no. */
  typeWord(question: string, word: string, signal: AbortSignal): Promise<boolean>;
  select<T>(question: string, choices: readonly Choice<T>[], signal: AbortSignal): Promise<T>;
  /** Resolves at the next Enter or space. */
  keyPressed(signal: AbortSignal): Promise<void>;
}

/** @param streams for tests; default: those of the process */
export function makePrompts(streams: Streams = {}): Prompts {
  return {
    confirm: async (message, signal) => {
      const { confirm } = await load();
      return answer(
        await confirm({
          ...streams,
          message: say(message),
          signal,
          initialValue: false,
          active: say("Yes"),
          inactive: say("No"),
        }),
        signal,
      );
    },

    typeWord: async (message, word, signal) => {
      const { text } = await load();
      const typed = await text({
        ...streams,
        message: say(`${message} Type ${word} to agree, or only Enter to leave it.`),
        signal,
        validate: (typed) =>
          !typed || typed.trim() === word ? undefined : say(`That is not ${word}.`),
      });
      return (answer(typed, signal) ?? "").trim() === word;
    },

    select: async (message, choices, signal) => {
      const { select } = await load();
      const chosen = await select({
        ...streams,
        message: say(message),
        signal,
        maxItems: 12,
        options: choices.map(({ label, hint }, value) => ({
          value,
          label: say(label),
          hint: hint && say(hint),
        })),
      });
      return choices[answer(chosen, signal)].value;
    },

    keyPressed,
  };
}

/** A prompt that was left gives a symbol in place of the answer. */
function answer<T>(given: T, signal: AbortSignal): Exclude<T, symbol> {
  if (typeof given !== "symbol") return given as Exclude<T, symbol>;
  if (signal.aborted) throw abortError(signal);
  throw new UnbrickError("cancelled", "Stopped by the user.");
}

/** Keys are taken one by one (raw mode), so that Ctrl-C must be handled here. */
function keyPressed(signal: AbortSignal): Promise<void> {
  const { stdin } = process;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortError(signal));
    const settle = (finish: () => void) => {
      stdin.off("data", onData);
      signal.removeEventListener("abort", onAbort);
      stdin.setRawMode?.(false);
      stdin.pause();
      finish();
    };
    const onAbort = () => settle(() => reject(abortError(signal)));
    const onData = (bytes: Uint8Array) => {
      const keys = [...bytes];
      if (keys.includes(3)) {
        settle(() => reject(new UnbrickError("cancelled", "Stopped by the user.")));
      } else if (keys.some((key) => key === 13 || key === 10 || key === 32)) settle(resolve);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    stdin.setRawMode?.(true);
    stdin.on("data", onData);
    stdin.resume();
  });
}
