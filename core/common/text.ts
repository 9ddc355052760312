/** Sentences for people, composed of a key and values, and translated only when they are shown. */

/** A value in a text: a string or number is data and never translated, a text is. */
export type Filling = string | number | Text;

/** What a person reads: a text, or data such as a name, which is the same in every language. */
export type Words = Text | string;

/** A sentence with its values. It becomes English as a string and in JSON. */
export class Text {
  /**
   * @param key The English sentence; `{1}`, `{2}` stand for the values.
   * @param count The number that the sentence counts, if `plural` chose it.
   */
  constructor(
    readonly key: string,
    readonly values: readonly Filling[] = [],
    readonly count?: number,
  ) {}

  toString(): string {
    return this.key.replaceAll(/\{(\d+)\}/g, (_, number) => String(this.values[number - 1]));
  }

  toJSON(): string {
    return this.toString();
  }
}

const keys = new WeakMap<TemplateStringsArray, string>();

/**
 * Makes a text: text`Write the ${region} to ${name}.` has the key "Write the {1} to {2}." A line
 * break in the source, with the spaces around it, becomes one space.
 */
export function text(pieces: TemplateStringsArray, ...values: readonly Filling[]): Text {
  let key = keys.get(pieces);
  if (key === undefined) {
    key = pieces.map((piece, at) => at === 0 ? piece : `{${at}}${piece}`).join("")
      .replaceAll(/\s*\n\s*/g, " ");
    keys.set(pieces, key);
  }
  return new Text(key, values);
}

/** Returns the text that fits a count: plural(n, text`${n} board`, text`${n} boards`). */
export function plural(count: number, one: Text, many: Text): Text {
  const { key, values } = count === 1 ? one : many;
  return new Text(key, values, count);
}

/** Joins words to one text. The separator is a text where languages need different ones. */
export function joined(parts: readonly Words[], separator: Words): Text {
  if (parts.length === 1 && parts[0] instanceof Text) return parts[0];
  const values = parts.flatMap((part, at) => at === 0 ? [part] : [separator, part]);
  return new Text(values.map((_, at) => `{${at + 1}}`).join(""), values);
}

/** Joins words to a list with commas; empty parts are omitted. */
export function list(parts: readonly (Words | undefined | false)[]): Text {
  return joined(present(parts), text`, `);
}

/** Joins words to a list that ends with "and": "a, b and c". */
export function listAnd(parts: readonly Words[]): Text {
  const last = parts.at(-1);
  if (last === undefined || parts.length === 1) return joined(parts, "");
  return text`${list(parts.slice(0, -1))} and ${last}`;
}

/** Joins sentences to a paragraph; empty ones are omitted. */
export function sentences(...parts: readonly (Words | undefined | false)[]): Text {
  return joined(present(parts), " ");
}

function present(parts: readonly (Words | undefined | false)[]): Words[] {
  return parts.filter((part) => part !== undefined && part !== false && part !== "") as Words[];
}

/** Returns the words without repetitions. */
export function distinct(words: readonly Words[]): Words[] {
  return [...new Map(words.map((one) => [String(one), one])).values()];
}

/** Returns true if both texts are the same. */
export function isSame(one: Words | undefined, other: Words | undefined): boolean {
  return String(one) === String(other);
}
