import { PassThrough } from "node:stream";
import { makePrompts, type Prompts } from "../../../core/cli/prompts/terminal_prompts.ts";

/**
 * A dialogue between a test and a terminal: texts that must appear, each with the keys that are
 * then pressed.
 */
export type Dialogue = readonly (readonly [on: RegExp, keys: string])[];

export const keys = { enter: "\r", ctrlC: "\x03" } as const;

export interface Keyboard {
  readonly prompts: Prompts;
  /** The keys pressed, including those that no question waits for. */
  readonly input: PassThrough;
  /** What the program itself writes also belongs to the screen. */
  write(text: string): void;
  /** Everything written, with escape codes. */
  readonly screen: string;
  /** The texts that were awaited and did not appear. */
  readonly unanswered: readonly RegExp[];
}

/** Presses the keys of a dialogue, each when its text has appeared. */
export function keyboard(dialogue: Dialogue, { columns = 80, rows = 24 } = {}): Keyboard {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode() {} });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns, rows });
  const left = [...dialogue];
  let screen = "", since = 0;
  const show = (text: string) => {
    screen += text;
    if (left.length === 0 || !left[0][0].test(screen.slice(since))) return;
    const [, pressed] = left.shift()!;
    since = screen.length;
    setTimeout(() => {
      for (const key of pressed) input.write(key);
    }, 5);
  };
  output.on("data", (bytes) => show(String(bytes)));
  return {
    prompts: makePrompts({ input, output }),
    input,
    write: show,
    get screen() {
      return screen;
    },
    get unanswered() {
      return left.map(([on]) => on);
    },
  };
}
