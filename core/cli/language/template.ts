/**
 * An English sentence with holes, and what another language says for it. Holes are `{1}`, `{2}` in the
 * order of the English sentence; the other language may use them in any order. `{#1}` in the English
 * sentence matches numbers only; `{=1}` in the other one keeps what stands there as it is, as what has
 * to be typed must be.
 */
export class Template {
  /** Characters of the English sentence outside of its holes. */
  readonly weight: number;
  /** The longest whole word outside of the holes: the sentence is looked up by it. */
  readonly word?: string;
  /** It joins clauses itself, as in "{1}: not needed. {2}". */
  readonly hasSeam: boolean;
  readonly #literals: readonly string[];
  readonly #numeric: readonly boolean[];
  readonly #other: readonly string[];
  readonly #order: readonly number[];
  readonly #verbatim = new Set<number>();
  #patterns?: readonly RegExp[];

  constructor(readonly english: string, other: string) {
    const parts = english.split(/\{(#?)\d+\}/);
    this.#literals = parts.filter((_, at) => at % 2 === 0);
    this.#numeric = parts.filter((_, at) => at % 2 === 1).map((sign) => sign === "#");
    this.weight = this.#literals.join("").length;
    this.hasSeam = this.#literals.some((literal) => /[.:;] /.test(literal));
    this.word = longestWord(this.#literals);
    const pieces = other.split(/\{(=?\d+)\}/);
    this.#other = pieces.filter((_, at) => at % 2 === 0);
    this.#order = pieces.filter((_, at) => at % 2 === 1).map((name) => {
      const hole = Number(name.replace("=", "")) - 1;
      if (name.startsWith("=")) this.#verbatim.add(hole);
      return hole;
    });
  }

  get holes(): number {
    return this.#numeric.length;
  }

  isVerbatim(hole: number): boolean {
    return this.#verbatim.has(hole);
  }

  /** What a text has in the holes; there may be two ways to see it. */
  *matches(text: string): Generator<string[]> {
    this.#patterns ??= ["*?", "*"].map((amount) =>
      new RegExp(
        `^${
          this.#literals.map((literal, at) => {
            const hole = this.#numeric[at] ? "([\\d.,]+)" : `([^]${amount})`;
            return escaped(literal) + (at < this.holes ? hole : "");
          }).join("")
        }$`,
      )
    );
    const [lazy, greedy] = this.#patterns.map((pattern) => pattern.exec(text)?.slice(1));
    if (!lazy || !greedy) return;
    yield lazy;
    if (greedy.some((hole, at) => hole !== lazy[at])) yield greedy;
  }

  /** The sentence of the other language; no space between two signs that stand without one. */
  fill(holes: readonly string[]): string {
    return this.#other.reduce((text, literal, at) => {
      if (at === 0) return literal;
      return join(join(text, holes[this.#order[at - 1]] ?? ""), literal);
    }, "");
  }
}

const endsHan = /\p{Script=Han}$/u;
const startsHan = /^\p{Script=Han}/u;
const endsWide = /[\p{Script=Han}。，、；：！？（）《》“”]$/u;
const startsWide = /^[\p{Script=Han}。，、；：！？（）《》“”]/u;

/** Puts two parts together: a space between Chinese and other letters, none between Chinese signs. */
function join(left: string, right: string): string {
  const one = left.trimEnd(), other = right.trimStart();
  if (one === "" || other === "") return left + right;
  if (endsWide.test(one) && startsWide.test(other)) return one + other;
  if (endsHan.test(one) && /^[\p{L}\p{N}]/u.test(other)) return `${one} ${other}`;
  if (/[\p{L}\p{N}]$/u.test(one) && startsHan.test(other)) return `${one} ${other}`;
  return left + right;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A word that touches a hole may be only a part of one. */
function longestWord(literals: readonly string[]): string | undefined {
  const words = literals.flatMap((literal, at) =>
    [...literal.matchAll(/[\p{L}\p{N}]+/gu)].filter(({ 0: word, index }) =>
      (index > 0 || at === 0) &&
      (index + word.length < literal.length || at === literals.length - 1)
    ).map(([word]) => word)
  );
  return words.sort((one, other) => other.length - one.length)[0];
}
