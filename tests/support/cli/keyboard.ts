import { PassThrough } from "node:stream";
import { makePrompts, type Prompts } from "../../../core/cli/prompts/terminal_prompts.ts";

// The prompts draw "└" and its like only where these say that the terminal can; they ask once.
Deno.env.set(
  ...(Deno.build.os === "windows" ? ["WT_SESSION", "x"] as const : ["TERM", "xterm"] as const),
);

/** A terminal whose keys come from a test: what must be on the screen, and the keys pressed then. */
export type Dialogue = readonly (readonly [on: RegExp, keys: string])[];

export const keys = { enter: "\r", ctrlC: "\x03" } as const;

export interface Keyboard {
  readonly prompts: Prompts;
  /** The keys that are pressed, also those that no question waits for. */
  readonly input: PassThrough;
  /** What the program itself writes is part of the screen, too. */
  write(text: string): void;
  /** All that was written, with escape codes. */
  readonly screen: string;
  /** What was waited for and did not come. */
  readonly unanswered: readonly RegExp[];
}

/** Presses the keys of a dialogue, each when its time has come. */
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
