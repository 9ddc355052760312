import { text as literal } from "@optique/core/message";
import { map, multiple, optional, withDefault } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { argument, flag, option } from "@optique/core/primitives";
import type { Usage } from "@optique/core/usage";
import type { ValueParser } from "@optique/core/valueparser";
import { type Text, text } from "../../common/text.ts";
import type { RomfsMode } from "../../family/family.ts";
import { boardName, file, oneOf } from "./values.ts";

/** Building blocks for command lines. */

/** An option or argument with the type of its value. */
export type Part<T> = Parser<"sync", T, unknown>;

/** The most words in a board's printed name ("Arduino Nano RP2040 Connect"), plus one. */
const MOST_WORDS = 5;

type Name = `-${string}`;
type Value<T> = ValueParser<"sync", T>;

const about = (meaning: Text) => ({ description: [literal(meaning.key)] });

/** Returns a flag that is off by default. */
export const off = (name: `--${string}`, meaning: Text): Part<boolean> =>
  withDefault(flag(name, about(meaning)), false);

/** Returns an option with a value. */
export const value = <T>(names: readonly [Name, ...Name[]], type: Value<T>, meaning: Text) =>
  optional(option(...names, type, about(meaning)));

/** Returns an option with a value and a default. */
export const valueOr = <T>(
  names: readonly [Name, ...Name[]],
  type: Value<T>,
  otherwise: T,
  meaning: Text,
) => withDefault(option(...names, type, about(meaning)), otherwise);

/** Returns an option that may be repeated. */
export const values = <T>(names: readonly [Name, ...Name[]], type: Value<T>, meaning: Text) =>
  multiple(option(...names, type, about(meaning)));

/** Returns a required argument. */
export const word = <T>(type: Value<T>, meaning: Text) => argument(type, about(meaning));

/** Returns an optional argument. */
export const optionalWord = <T>(type: Value<T>, meaning: Text) => optional(word(type, meaning));

/** Several words. */
export const words = <T>(type: Value<T>, least: number, most: number, meaning: Text) =>
  multiple(word(type, meaning), { min: least, max: most });

/** Returns a required argument that may have the words of a board's printed name. */
export const joinedWords = (type: Value<string>, meaning: Text): Part<string> =>
  map(words(type, 1, MOST_WORDS, meaning), (words) => words.join(" "));

/** Yields the options of a usage, and whether a value follows each of them. */
export function* optionsIn(usage: Usage): Generator<readonly [name: string, takesValue: boolean]> {
  for (const term of usage) {
    if (term.type === "option") {
      for (const name of term.names) yield [name, term.metavar !== undefined];
    } else if ("terms" in term) {
      for (const one of term.terms) yield* optionsIn(Array.isArray(one) ? one : [one] as Usage);
    }
  }
}

/** The required board argument; a printed name has several words. */
export const board: Part<string> = joinedWords(
  boardName,
  text`A board's name; the boards command lists them.`,
);

/** The optional board argument, for commands that can find the board on the bus. */
export const optionalBoard: Part<string | undefined> = optional(board);

export const eraseFilesystem = off(
  "--erase-filesystem",
  text`Also erase the file system: the files on the camera are lost.`,
);

export const noCheck = off(
  "--no-check",
  text`Do not check afterwards whether the camera sees.`,
);

export const backup: Part<string | undefined> = value(
  ["--backup"],
  file,
  text`First save the camera in this zip: each region before anything can change it.`,
);

export const bootloaderOnly = off(
  "--bootloader-only",
  text`Restore only the bootloader.`,
);

export const romfs: Part<RomfsMode | undefined> = value(
  ["--romfs"],
  oneOf(["auto", "keep", "write"], "MODE"),
  text`The ROMFS on the camera: auto (the default) keeps it if it is your own, keep always keeps it,
    write overwrites it.`,
);

export const only: Part<"firmware" | "romfs" | undefined> = value(
  ["--only"],
  oneOf(["firmware", "romfs"], "PART"),
  text`Write only the firmware, or only the ROMFS.`,
);
