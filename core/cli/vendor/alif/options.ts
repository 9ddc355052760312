import { UnbrickError } from "../../../common/errors.ts";

/** Command lines in the manner of Alif's SE Tools: names of several letters may stand behind one dash. */

export interface AlifOption {
  /** Every way to write it, with dashes; the first is its name here. */
  readonly names: readonly [string, ...string[]];
  readonly takesValue: boolean;
}

/** What was given: values by the option's first name, and words that belong to none. */
export interface Given {
  readonly values: ReadonlyMap<string, string>;
  readonly words: readonly string[];
  has(name: string): boolean;
}

/** Options that all tools share. */
export const commonOptions: readonly AlifOption[] = [
  { names: ["--help", "-h"], takesValue: false },
  { names: ["--verbose", "-v"], takesValue: false },
  { names: ["--baudrate", "-b"], takesValue: true },
  { names: ["--discover", "-d"], takesValue: false },
  { names: ["--port", "-c", "--comport"], takesValue: true },
  { names: ["--cfg-part"], takesValue: true },
  { names: ["--cfg-rev"], takesValue: true },
];

/** @throws UnbrickError `usage` */
export function parseAlifOptions(
  argv: readonly string[],
  options: readonly AlifOption[],
): Given {
  const values = new Map<string, string>();
  const words: string[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      continue;
    }
    const [, name, attached] = /^([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [, word];
    const option = options.find(({ names }) => names.includes(name));
    if (!option) throw usage(`There is no option ${name}.`);
    const [first] = option.names;
    if (!option.takesValue) {
      values.set(first, "");
      continue;
    }
    const value = attached ?? rest.shift();
    if (value === undefined) throw usage(`The option ${name} needs a value.`);
    values.set(first, value);
  }
  return { values, words, has: (name) => values.has(name) };
}

export function usage(message: string): UnbrickError {
  return new UnbrickError("usage", message);
}
