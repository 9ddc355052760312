import { UnbrickError } from "../../../common/errors.ts";

/** One option of a getopt_long command line. */
export interface Option {
  /** One letter; left out for long-only options. */
  readonly short?: string;
  readonly long: string;
  readonly takesValue: boolean;
}

/**
 * Splits a command line as getopt_long of the C library does: clusters (`-wd ,0483:df11`), values
 * attached or apart, also such as begin with a dash, `--long=value`, unambiguous beginnings of long
 * names, `--`.
 * @returns each option in order, by its long name
 * @throws UnbrickError `usage`
 */
export function getopt(
  argv: readonly string[],
  options: readonly Option[],
): readonly { readonly name: string; readonly value?: string }[] {
  const found: { name: string; value?: string }[] = [];
  const words = [...argv];
  const next = (option: string): string => {
    const value = words.shift();
    if (value === undefined) throw usage(`The option ${option} needs a value.`);
    return value;
  };
  while (words.length > 0) {
    const word = words.shift()!;
    if (word.startsWith("--") && word.length > 2) {
      const [, name, attached] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word)!;
      const { long, takesValue } = longOption(name, options);
      if (!takesValue && attached !== undefined) throw usage(`--${long} takes no value.`);
      found.push(
        takesValue ? { name: long, value: attached ?? next(`--${long}`) } : { name: long },
      );
    } else if (word.startsWith("-") && word.length > 1 && word !== "--") {
      for (let at = 1; at < word.length; at++) {
        const option = options.find(({ short }) => short === word[at]);
        if (!option) throw usage(`There is no option -${word[at]}.`);
        if (!option.takesValue) {
          found.push({ name: option.long });
          continue;
        }
        found.push({ name: option.long, value: word.slice(at + 1) || next(`-${word[at]}`) });
        break;
      }
    } else {
      const stray = word === "--" ? words.shift() : word;
      if (stray !== undefined) throw usage(`"${stray}" belongs to no option.`);
    }
  }
  return found;
}

function longOption(name: string, options: readonly Option[]): Option {
  const exact = options.find(({ long }) => long === name);
  if (exact) return exact;
  const begins = options.filter(({ long }) => long.startsWith(name));
  if (begins.length === 1) return begins[0];
  throw usage(
    begins.length === 0
      ? `There is no option --${name}.`
      : `--${name} may be ${begins.map(({ long }) => `--${long}`).join(" or ")}.`,
  );
}

function usage(message: string): UnbrickError {
  return new UnbrickError("usage", message);
}
