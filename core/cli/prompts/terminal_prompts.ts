import type { CommonOptions } from "@clack/prompts";
import process from "node:process";
import { abortError } from "../../common/clock.ts";
import { UnbrickError } from "../../common/errors.ts";
import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import { saidOutput } from "../language/said_output.ts";
import type { Choice } from "../../plan/operator.ts";
import { text, type Words } from "../../common/text.ts";

/** Questions to a person at a terminal. The one file that knows @clack/prompts. */

type Streams = Pick<CommonOptions, "input" | "output">;

/** Loaded at the first question: most runs ask none. */
const load = () => import("@clack/prompts");

export interface Prompts {
  /** @throws UnbrickError `cancelled` on Ctrl-C or Escape, or when the signal aborts (all three). */
  confirm(question: Words, signal: AbortSignal): Promise<boolean>;
  /** Asks until `word` is typed; an empty line is a no. */
  typeWord(question: Words, word: string, signal: AbortSignal): Promise<boolean>;
  select<T>(question: Words, choices: readonly Choice<T>[], signal: AbortSignal): Promise<T>;
  /**
   * The one that is chosen by arrows or found by typing a part of its label, its hint or its `search`
   * words.
   */
  search<T>(
    question: Words,
    choices: readonly SearchChoice<T>[],
    signal: AbortSignal,
  ): Promise<T>;
  /** A line of text; asks again while `refuse` gives a reason. Empty: the person leaves it. */
  line(
    question: Words,
    refuse: (line: string) => Words | undefined,
    signal: AbortSignal,
  ): Promise<string>;
  /** Drops what was typed so far. Keys pressed from now on count for the next `keyPressed`. */
  discardTypeahead(): Promise<void>;
  /** Resolves at the next Enter or space with "enter", or with one of the `others`, small letters. */
  keyPressed(signal: AbortSignal, others?: string): Promise<string>;
}

export interface SearchChoice<T> extends Choice<T> {
  /** Further words by which it is found. */
  readonly search?: string;
}

/** @param streams for tests; default: those of the process */
export function makePrompts(streams: Streams = {}): Prompts {
  /** A question beside the line that the library draws. */
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
        output: saidOutput(streams.output ?? process.stdout),
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
        output: saidOutput(streams.output ?? process.stdout),
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

/** Columns of the line beside a question. */
const MARGIN_COLUMNS = 3;

function columns({ output = process.stdout }: Streams): number {
  return "columns" in output && typeof output.columns === "number" ? output.columns : 80;
}

/** A prompt that was left gives a symbol in place of the answer. */
function answer<T>(given: T, signal: AbortSignal): Exclude<T, symbol> {
  if (typeof given !== "symbol") return given as Exclude<T, symbol>;
  if (signal.aborted) throw abortError(signal);
  throw new UnbrickError("cancelled", text`Stopped by the user.`);
}

/** Choices as the library wants them: each stands for its place. */
function indexedOptions(choices: readonly { readonly label: Words; readonly hint?: Words }[]) {
  return choices.map(({ label, hint }, value) => ({
    value,
    label: say(label),
    hint: hint && say(hint),
  }));
}

/** Every word that was typed stands somewhere in what is known of a choice. */
function isMatch(typed: string, { label, hint = "", search = "" }: SearchChoice<unknown>): boolean {
  const known = [label, say(label), hint, search].map(String).join(" ").toLowerCase();
  return typed.toLowerCase().split(/\s+/).every((word) => known.includes(word));
}

export const CTRL_C = 3;
const ENTER_KEYS = [13, 10, 32];

/** Keys are taken one by one (raw mode), so that Ctrl-C must be handled here. */
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
