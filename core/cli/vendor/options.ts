import { UnbrickError } from "../../common/errors.ts";
import { nearest } from "../../common/nearest.ts";

/** One option of a vendor's command line. */
export interface Option {
  /** Every spelling with its dashes; the first is its name in the result. */
  readonly names: readonly [string, ...string[]];
  /** True if a value follows; a function decides by the next word. */
  readonly takesValue: boolean | ((next: string) => boolean);
}

/** An option without a value. */
export const flag = (...names: Option["names"]): Option => ({ names, takesValue: false });

/** Returns an option with a value. */
export const value = (...names: Option["names"]): Option => ({ names, takesValue: true });

/** The option of each tool that talks to a camera; it is ours. */
export const traceOption = value("--trace");

/**
 * What happens to words outside options: they are refused, they are kept, or the first one ends the
 * options and all following words are kept.
 */
export type StrayWords = "refused" | "kept" | "end";

/** An option on the command line. */
interface GivenOption {
  readonly name: string;
  readonly value?: string;
  /** The words between it and the next option. */
  readonly words: readonly string[];
}

/** A parsed command line. */
export class Given {
  constructor(
    /** In the order of the command line. */
    readonly options: readonly GivenOption[],
    /** The words outside options. */
    readonly words: readonly string[],
  ) {}

  has(name: string): boolean {
    return this.options.some((one) => one.name === name);
  }

  /**
   * Returns the value of an option, the last one if it was given twice; undefined if it was not
   * given.
   */
  value(name: string): string | undefined {
    return this.options.findLast((one) => one.name === name)?.value;
  }

  /** Returns the values of an option that may be repeated. */
  values(name: string): string[] {
    return this.options.flatMap((one) => one.name === name ? one.value ?? [] : []);
  }
}

/**
 * Parses a command line like getopt_long of the C library and argparse of Python: clusters (`-wd
 * ,0483:df11`), values attached or separate, even if they begin with a dash, `--long=value`,
 * unambiguous beginnings of long names, names of several letters after one dash, `--`.
 * @throws UnbrickError `usage`, with a similar name if there is one
 */
export function parseOptions(
  argv: readonly string[],
  options: readonly Option[],
  strayWords: StrayWords = "refused",
): Given {
  const found: (GivenOption & { words: string[] })[] = [];
  const words: string[] = [];
  const rest = [...argv];
  const keep = (...kept: string[]) => {
    if (strayWords === "refused" && kept.length > 0) {
      throw usage(`"${kept[0]}" belongs to no option.`);
    }
    words.push(...kept);
    found.at(-1)?.words.push(...kept);
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") keep(...rest.splice(0));
    else if (!word.startsWith("-") || word === "-") {
      keep(word, ...(strayWords === "end" ? rest.splice(0) : []));
    } else {
      for (const one of optionsIn(word, options, rest)) found.push({ ...one, words: [] });
    }
  }
  return new Given(found, words);
}

/** Yields the options in one word; takes a separate value from `rest`. */
function* optionsIn(
  word: string,
  options: readonly Option[],
  rest: string[],
): Generator<Omit<GivenOption, "words">> {
  const [, spelling, attached] = /^([^=]+)(?:=([^]*))?$/.exec(word) ?? [, word];
  const whole = named(spelling, options);
  if (whole) return yield withValue(whole, spelling, attached, rest);
  for (let at = 1; at < word.length; at++) {
    const letter = `-${word[at]}`;
    const option = options.find(({ names }) => names.includes(letter));
    if (!option) throw unknown(word.length === 2 || at > 1 ? letter : spelling, options);
    const behind = word.slice(at + 1);
    if (option.takesValue === false || behind === "") {
      yield withValue(option, letter, undefined, rest);
    } else return yield withValue(option, letter, behind, rest);
  }
}

/** Returns the option of a whole word: by its name, or by the beginning of a long one. */
function named(spelling: string, options: readonly Option[]): Option | undefined {
  const exact = options.find(({ names }) => names.includes(spelling));
  if (exact || !spelling.startsWith("--")) return exact;
  const longNames = options.flatMap(({ names }) => names.filter((name) => name.startsWith("--")));
  const begun = longNames.filter((name) => name.startsWith(spelling));
  const meant = options.filter(({ names }) => names.some((name) => begun.includes(name)));
  if (meant.length === 0) throw unknown(spelling, options);
  if (meant.length > 1) throw usage(`${spelling} may be ${begun.join(" or ")}.`);
  return meant[0];
}

function withValue(
  { names: [name], takesValue }: Option,
  spelling: string,
  attached: string | undefined,
  rest: string[],
): Omit<GivenOption, "words"> {
  if (takesValue === false) {
    if (attached !== undefined) throw usage(`${spelling} takes no value.`);
    return { name };
  }
  if (attached !== undefined) return { name, value: attached };
  if (takesValue !== true && (rest.length === 0 || !takesValue(rest[0]))) return { name };
  const value = rest.shift();
  if (value === undefined) throw usage(`The option ${spelling} needs a value.`);
  return { name, value };
}

function unknown(spelling: string, options: readonly Option[]): UnbrickError {
  const near = nearest(spelling, options.flatMap(({ names }) => names));
  const hint = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
  return usage(`There is no option ${spelling}.${hint}`);
}

/** Returns the error for a command line that cannot be understood. */
export function usage(message: string, data: UnbrickError["data"] = {}): UnbrickError {
  return new UnbrickError("usage", message, data);
}
