import type { CommonOptions } from "@clack/prompts";
import process from "node:process";
import type { Writable } from "node:stream";
import { abortError } from "../../common/clock.ts";
import { UnbrickError } from "../../common/errors.ts";
import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import { sizedOutput } from "./sized_output.ts";
import { translatedOutput } from "../language/translated_output.ts";
import type { Choice } from "../../plan/operator.ts";
import { text, type Words } from "../../common/text.ts";

/** Prompts for a person at a terminal. Only this file uses @clack/prompts. */

type Streams = Pick<CommonOptions, "input" | "output">;

/** Loads the library at the first question: most runs ask none. */
const load = () => import("@clack/prompts");

export interface Prompts {
  /** @throws UnbrickError `cancelled` on Ctrl-C or Escape, or when the signal aborts (all three). */
  confirm(question: Words, signal: AbortSignal): Promise<boolean>;
  /** Asks until `word` is typed; an empty line means no. */
  typeWord(question: Words, word: string, signal: AbortSignal): Promise<boolean>;
  select<T>(question: Words, choices: readonly Choice<T>[], signal: AbortSignal): Promise<T>;
  /**
   * Returns the choice selected with the arrow keys, or found by typing part of its label, hint or
   * `search` words.
   */
  search<T>(
    question: Words,
    choices: readonly SearchChoice<T>[],
    signal: AbortSignal,
  ): Promise<T>;
  /**
   * Asks for a line of text, again while `refuse` returns a reason. An empty line means that the
   * person gives none.
   */
  line(
    question: Words,
    refuse: (line: string) => Words | undefined,
    signal: AbortSignal,
  ): Promise<string>;
  /** Discards the keys typed so far. Keys pressed from now on count for the next `keyPressed`. */
  discardTypeahead(): Promise<void>;
  /**
   * Waits for a key. Returns "enter" for Enter or space, or one of `others` (lower-case letters).
   */
  keyPressed(signal: AbortSignal, others?: string): Promise<string>;
}

export interface SearchChoice<T> extends Choice<T> {
  /** Further words that find it. */
  readonly search?: string;
}

/**
 * @param given for tests; default: those of the process
 */
export function makePrompts(given: Streams = {}): Prompts {
  const streams = {
    ...given,
    // The process makes its stream when it is first used, which takes milliseconds.
    get output() {
      return sizedOutput(given.output ?? process.stdout);
    },
  };
  /** Wraps a question to fit beside the line that the library draws. */
  const lines = (message: Words) => wrap(message, columns(streams) - MARGIN_COLUMNS);
  return {
    confirm: async (message, signal) => {
      const { confirm } = await load();
      return answer(
        await confirm({
          ...streams,
          message: lines(message).join("\n"),
          signal,
          initialValue: false,
          active: say(text`Yes`),
          inactive: say(text`No`),
        }),
        signal,
      );
    },

    typeWord: async (message, word, signal) => {
      const { text: line, S_BAR } = await load();
      const typed = await line({
        ...streams,
        message: lines(text`${message} Type ${word} and press Enter to agree. Press Enter alone
          to refuse.`)
          .join(`\n${S_BAR}  `),
        signal,
        validate: (typed) =>
          !typed || typed.trim() === word ? undefined : say(text`That is not ${word}.`),
      });
      return (answer(typed, signal) ?? "").trim() === word;
    },

    select: async (message, choices, signal) => {
      const { select } = await load();
      const chosen = await select({
        ...streams,
        output: translatedOutput(streams.output),
        message: say(message),
        signal,
        maxItems: 12,
        options: indexedOptions(choices),
      });
      return choices[answer(chosen, signal)].value;
    },

    search: async (message, choices, signal) => {
      const { autocomplete } = await load();
      const chosen = await autocomplete({
        ...streams,
        output: translatedOutput(streams.output),
        message: say(message),
        signal,
        maxItems: 12,
        placeholder: say(text`type part of the name, or use the arrow keys`),
        options: indexedOptions(choices),
        validate: (found) => found === undefined ? say(text`No camera matches.`) : undefined,
        filter: (typed, { value }) => isMatch(typed, choices[value]),
      });
      return choices[answer(chosen, signal)].value;
    },

    line: async (message, refuse, signal) => {
      const { text: line, S_BAR } = await load();
      const typed = await line({
        ...streams,
        message: lines(message).join(`\n${S_BAR}  `),
        signal,
        validate: (typed) => {
          const reason = typed?.trim() ? refuse(typed.trim()) : undefined;
          return reason && say(reason);
        },
      });
      return (answer(typed, signal) ?? "").trim();
    },

    discardTypeahead: () => Promise.resolve(),

    keyPressed: (signal, others = "") => keyPressed(streams.input ?? process.stdin, signal, others),
  };
}

/** Columns of the vertical line beside a question. */
const MARGIN_COLUMNS = 3;

function columns({ output }: { readonly output: Writable }): number {
  return "columns" in output && typeof output.columns === "number" ? output.columns : 80;
}

/** Returns the answer. The library returns a symbol for a cancelled prompt. */
function answer<T>(given: T, signal: AbortSignal): Exclude<T, symbol> {
  if (typeof given !== "symbol") return given as Exclude<T, symbol>;
  if (signal.aborted) throw abortError(signal);
  throw new UnbrickError("cancelled", text`Stopped by the user.`);
}

/** Returns choices in the library's form; each value is an index. */
function indexedOptions(choices: readonly { readonly label: Words; readonly hint?: Words }[]) {
  return choices.map(({ label, hint }, value) => ({
    value,
    label: say(label),
    hint: hint && say(hint),
  }));
}

/** Returns true if a choice contains every typed word. */
function isMatch(typed: string, { label, hint = "", search = "" }: SearchChoice<unknown>): boolean {
  const known = [label, say(label), hint, search].map(String).join(" ").toLowerCase();
  return typed.toLowerCase().split(/\s+/).every((word) => known.includes(word));
}

export const CTRL_C = 3;
const ENTER_KEYS = [13, 10, 32];

/** Waits for a key in raw mode, where Ctrl-C must be handled here. */
export function keyPressed(
  input: NonNullable<Streams["input"]> & { setRawMode?(mode: boolean): unknown },
  signal: AbortSignal,
  others: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortError(signal));
    const settle = (finish: () => void) => {
      input.off("data", onData);
      signal.removeEventListener("abort", onAbort);
      input.setRawMode?.(false);
      input.pause();
      finish();
    };
    const onAbort = () => settle(() => reject(abortError(signal)));
    const onData = (bytes: Uint8Array) => {
      const keys = [...bytes];
      const other = [...others].find((one) => keys.includes(one.charCodeAt(0)));
      if (keys.includes(CTRL_C)) {
        settle(() => reject(new UnbrickError("cancelled", text`Stopped by the user.`)));
      } else if (other) settle(() => resolve(other));
      else if (keys.some((key) => ENTER_KEYS.includes(key))) settle(() => resolve("enter"));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    input.setRawMode?.(true);
    input.on("data", onData);
    input.resume();
  });
}
