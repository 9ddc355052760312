import { lineBreak, type Message, message, text as literal } from "@optique/core/message";
import { optional, withDefault } from "@optique/core/modifiers";
import { argument, flag } from "@optique/core/primitives";
import type { ValueParser } from "@optique/core/valueparser";
import { boardName } from "./values.ts";
import { type Text, text } from "../../common/text.ts";

/** What several commands are put together from. */

/** A flag that is off unless it is given. */
export const off = (name: `--${string}`, description: Message) =>
  withDefault(flag(name, { description }), false);

/** A non-negative number of bytes or an address: `4096`, `0x08000000`. */
export const integer: ValueParser<"sync", number> = {
  mode: "sync",
  metavar: "NUMBER",
  placeholder: 0,
  parse(input) {
    const value = /^(0x[0-9a-f]+|\d+)$/i.test(input) ? Number(input) : NaN;
    return Number.isSafeInteger(value)
      ? { success: true, value }
      : { success: false, error: message`${input} is not a number such as 4096 or 0x08000000.` };
  },
  format: String,
};

/** The board that a command must name. */
export const namedBoard = argument(boardName, {
  description: message`A name that the boards command lists.`,
});
/** The board, where one may be found on the bus. */
export const board = optional(namedBoard);

export const eraseFilesystem = off(
  "--erase-filesystem",
  message`Also write an empty file system: files on the camera are lost.`,
);

export const bootloaderOnly = off(
  "--bootloader-only",
  message`Stop after the bootloader is proven.`,
);

/** What stands behind the name of a command in its usage line. */
export const usage = (tail: string) => [{ type: "literal" as const, value: tail }];

/** One example a line. */
export function examples(...lines: readonly [line: string, what: Text][]): Message {
  return [
    literal(text`Examples:`.key),
    ...lines.flatMap(([line, what]) => [
      lineBreak(),
      literal(`  unbrick ${line}`),
      lineBreak(),
      literal(`      ${what.key}`),
    ]),
  ];
}
