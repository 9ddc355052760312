import { Template } from "./template.ts";

/** What a language says for each English sentence; see template.ts for the holes. */
export type Catalogue = Readonly<Record<string, string>>;

/** A text in another language, and how many characters of the English one were understood. */
interface Told {
  readonly text: string;
  readonly understood: number;
}

/** Translations that are kept; a waiting line with its countdown is another text each second. */
const MOST_KEPT = 4000;
/** A longer text is only taken apart at its line ends. */
const LONGEST = 1200;

/**
 * Translates finished English sentences by a catalogue. A text is understood as a whole, as a template
 * whose holes are translated in turn, or as parts beside each other; the way that understands most of
 * it wins. What is not understood stays as it is.
 */
export class Translator {
  readonly #byWord = new Map<string, Template[]>();
  readonly #wordless: Template[] = [];
  readonly #kept = new Map<string, Told>();

  constructor(readonly catalogue: Catalogue) {
    for (const [english, other] of Object.entries(catalogue)) {
      if (!english.includes("{") || other === "") continue;
      const template = new Template(english, other);
      if (template.word === undefined) this.#wordless.push(template);
      else {
        const others = this.#byWord.get(template.word);
        if (others) others.push(template);
        else this.#byWord.set(template.word, [template]);
      }
    }
  }

  translate(text: string): string {
    const [, before, middle, after] = /^(\s*)([^]*?)(\s*)$/.exec(text)!;
    return middle === "" ? text : before + this.#tell(middle).text + after;
  }

  #tell(text: string): Told {
    const kept = this.#kept.get(text);
    if (kept) return kept;
    const told = this.#whole(text) ?? this.#best(text);
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(text, told);
    return told;
  }

  #whole(text: string): Told | undefined {
    const other = Object.hasOwn(this.catalogue, text) ? this.catalogue[text] : undefined;
    return other ? { text: other, understood: text.length } : undefined;
  }

  #best(text: string): Told {
    let best: Told = { text, understood: 0 };
    if (!/[a-z]/.test(text)) return best;
    const offer = (told: Told) => {
      if (told.understood > best.understood) best = told;
    };
    if (text.length <= LONGEST) {
      for (const template of this.#candidates(text)) {
        for (const holes of template.matches(text)) offer(this.#filled(template, holes));
      }
    }
    for (const { at, length, joined } of seams(text)) {
      const [left, right] = [text.slice(0, at), text.slice(at + length)];
      const [one, other] = [this.#tell(left), this.#tell(right)];
      const understood = one.understood + other.understood;
      if (understood === 0) continue;
      const seam = one.understood > 0 || left === "" ? joined(other.text) : text.substr(at, length);
      offer({ text: one.text + seam + other.text, understood: understood + length });
    }
    return best;
  }

  #candidates(text: string): Template[] {
    const words = new Set(text.match(/[\p{L}\p{N}]+/gu));
    return [...words].flatMap((word) => this.#byWord.get(word) ?? []).concat(this.#wordless);
  }

  #filled(template: Template, holes: readonly string[]): Told {
    let understood = template.weight;
    const fillings = holes.map((hole, at) => {
      if (template.isVerbatim(at)) return hole;
      const told = this.#tell(hole);
      understood += told.understood;
      return told.text;
    });
    return { text: template.fill(fillings), understood };
  }
}

interface Seam {
  readonly at: number;
  readonly length: number;
  /** What stands there between translated parts. */
  readonly joined: (right: string) => string;
}

const wide = /^[\p{Script=Han}“（《]/u;

/** Where a text may be taken apart: between sentences, clauses and the members of a list. */
function* seams(text: string): Generator<Seam> {
  if (text.includes("\n")) {
    const at = text.indexOf("\n");
    return yield { at, length: 1, joined: () => "\n" };
  }
  if (text.length > LONGEST) return;
  for (const { 0: sign, index } of text.matchAll(/(?<=[.?!。！？]) | {2,}/g)) {
    const isColumn = sign.length > 1;
    yield {
      at: index,
      length: sign.length,
      joined: (right) => isColumn ? sign : wide.test(right) ? "" : " ",
    };
  }
  for (
    const { 0: sign, index } of text.matchAll(/: |; |, | and | or | \(|\)(?=$|[.,;: ])|\.$|:$/g)
  ) {
    yield { at: index, length: sign.length, joined: () => signs[sign] };
  }
  if (text.endsWith(" ...")) {
    yield { at: text.length - 4, length: 4, joined: () => " ..." };
  }
}

const signs: Readonly<Record<string, string>> = {
  ": ": "：",
  "; ": "；",
  ", ": "，",
  " and ": " 和 ",
  " or ": " 或 ",
  " (": "（",
  ")": "）",
  ".": "。",
  ":": "：",
};
