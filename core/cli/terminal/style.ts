import { say } from "../language/say.ts";
import { text } from "../../common/text.ts";

/** The appearance of texts: with or without colours, with Unicode or ASCII symbols. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly attention: (text: string) => string;
  readonly done: string;
  readonly skipped: string;
  readonly failed: string;
  readonly barFull: string;
  readonly barEmpty: string;
  /** True to use words instead of symbols and drawings. */
  readonly plain: boolean;
}

const asciiSymbols = { done: "+", skipped: "=", failed: "x", barFull: "#", barEmpty: "-" };

const ESC = "\x1b[";

/** Returns a style that uses SGR codes of ECMA-48: 1 bold, 2 faint, 31 red, 32 green, 33 yellow. */
export function makeStyle(
  options: { colour: boolean; unicode: boolean; plain?: boolean },
): Style {
  const colouring = (on: number, off: number) =>
    options.colour
      ? (text: string) => text && `${ESC}${on}m${text}${ESC}${off}m`
      : (text: string) => text;
  const symbols = options.plain
    ? {
      ...asciiSymbols,
      done: say(text`Done:`),
      skipped: say(text`Skipped:`),
      failed: say(text`Failed:`),
    }
    : options.unicode
    ? { done: "✓", skipped: "=", failed: "✗", barFull: "█", barEmpty: "░" }
    : asciiSymbols;
  return {
    bold: colouring(1, 22),
    dim: colouring(2, 22),
    good: colouring(32, 39),
    bad: colouring(31, 39),
    attention: colouring(33, 39),
    ...symbols,
    plain: options.plain ?? false,
  };
}

/** Style without colour, in ASCII, for pipes, logs and tests. */
export const plainStyle = makeStyle({ colour: false, unicode: false });
