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
/** Templates with fewer signs than this need holes that are understood. */
const SHORTEST = 7;

/**
 * Translates finished English sentences by a catalogue. A text is understood as a whole, as a template
 * whose holes are translated in turn, or as parts beside each other; the way that understands most of
 * it wins. What is not understood stays as it is.
 */
export class Translator {
  readonly #byWord = new Map<string, Template[]>();
  readonly #wordless: Template[] = [];
  readonly #kept = new Map<string, Told>();

  readonly #sentences = new Map<string, string>();

  constructor(catalogue: Catalogue) {
    for (const [english, other] of Object.entries(catalogue)) {
      if (other === "") continue;
      this.#add(english, other);
      // The end of a sentence, as in ", signed with the key {1}", may be met alone.
      if (/^[,;] /.test(english)) this.#add(english.slice(2), other.replace(/^[，；]/, ""));
    }
  }

  #add(english: string, other: string): void {
    if (!english.includes("{")) {
      this.#sentences.set(english, other);
      return;
    }
    const template = new Template(english, other);
    if (template.word === undefined) this.#wordless.push(template);
    else {
      const others = this.#byWord.get(template.word);
      if (others) others.push(template);
      else this.#byWord.set(template.word, [template]);
    }
  }

  translate(text: string): string {
    return this.#trimmed(text).text;
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
    const other = this.#sentences.get(text);
    return other ? { text: other, understood: text.length } : undefined;
  }

  #best(text: string): Told {
    let best: Told = { text, understood: 0 };
    if (!/[a-z]/.test(text)) return best;
    const offer = (told: Told | undefined) => {
      if (told && told.understood > best.understood) best = told;
    };
    // Of ways that understand as much, the first is taken.
    const places = [...seams(text)];
    const templates = text.length <= LONGEST ? this.#candidates(text) : [];
    const fill = (hasSeam: boolean) => {
      for (const template of templates.filter((one) => one.hasSeam === hasSeam)) {
        for (const holes of template.matches(text)) offer(this.#filled(template, holes));
      }
    };
    fill(true);
    for (const seam of places) if (!seam.isWeak) offer(this.#joined(text, seam));
    fill(false);
    for (const seam of places) if (seam.isWeak) offer(this.#joined(text, seam));
    return best;
  }

  #joined(text: string, { at, length, isWeak, joined }: Seam): Told | undefined {
    const [left, right] = [text.slice(0, at), text.slice(at + length)];
    const [one, other] = [this.#trimmed(left), this.#trimmed(right)];
    const understood = one.understood + other.understood;
    if (understood === 0) return undefined;
    if (isWeak && !(isNamed(left, one) && isNamed(right, other))) return undefined;
    const areBoth = one.understood > 0 && (other.understood > 0 || right === "");
    return {
      text: one.text + joined(one.text, other.text) + other.text,
      understood: understood + (areBoth ? length : 0),
    };
  }

  #candidates(text: string): Template[] {
    const words = new Set(text.match(/[\p{L}\p{N}]+/gu));
    return [...words].flatMap((word) => this.#byWord.get(word) ?? []).concat(this.#wordless)
      .sort((one, other) => other.weight - one.weight);
  }

  #filled(template: Template, holes: readonly string[]): Told | undefined {
    let understood = template.weight;
    let areNamed = true;
    const fillings = holes.map((hole, at) => {
      if (template.isVerbatim(at)) return hole;
      const told = this.#trimmed(hole);
      understood += told.understood;
      areNamed &&= isNamed(hole, told);
      return told.text;
    });
    // A little word like "the" says nothing about what follows it.
    if (template.weight < SHORTEST && !areNamed) return undefined;
    return { text: template.fill(fillings), understood };
  }

  /** A part, without the spaces around it. */
  #trimmed(text: string): Told {
    const [, before, middle, after] = /^(\s*)([^]*?)(\s*)$/.exec(text)!;
    if (middle === "") return { text, understood: 0 };
    const told = this.#tell(middle);
    return { text: before + told.text + after, understood: told.understood };
  }
}

/** True for what is understood, and for names: one word, or none that is in small letters only. */
function isNamed(text: string, { understood }: Told): boolean {
  const words = text.trim().split(/\s+/);
  return understood > 0 || words.length === 1 ||
    !words.some((word) => /^\W*[a-z]{2,}\W*$/.test(word));
}

interface Seam {
  readonly at: number;
  readonly length: number;
  /** Between the members of a list, which are only taken apart if each is understood. */
  readonly isWeak?: boolean;
  /** What stands there between translated parts. */
  readonly joined: (left: string, right: string) => string;
}

const beginsWide = /^[\p{Script=Han}“（《]/u;
const endsWide = /[\p{Script=Han}。，、；：！？）》”]$/u;

/** The sign as Chinese writes it, where it stands beside Chinese. */
function signBetween(sign: string): Seam["joined"] {
  return (left, right) => endsWide.test(left) || beginsWide.test(right) ? signs[sign] : sign;
}

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
      joined: (left) => isColumn ? sign : endsWide.test(left) ? "" : " ",
    };
  }
  for (const { 0: sign, index } of text.matchAll(/: |; |\.$|:$/g)) {
    yield { at: index, length: sign.length, joined: signBetween(sign) };
  }
  for (const { 0: sign, index } of text.matchAll(/, | and | or | \(|\)(?=$|[.,;: ])/g)) {
    yield { at: index, length: sign.length, isWeak: true, joined: signBetween(sign) };
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
  " (": " (",
  ")": ")",
  ".": "。",
  ":": "：",
};
