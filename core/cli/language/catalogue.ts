import type { Filling, Text } from "../../common/text.ts";
import { beside } from "./spacing.ts";

/** The translations of each key, with all plural forms; both keys of a plural have the same. */
export type Forms = Readonly<Record<string, readonly string[]>>;

/** The translations of one language. */
export class Catalogue {
  #rules?: Intl.PluralRules;

  /** @param language BCP 47, for its plural rules */
  constructor(private readonly forms: Forms, private readonly language: string) {}

  /** Returns the text in this language, or in English if it has no translation. */
  translate({ key, values, count }: Text): string {
    const forms = Object.hasOwn(this.forms, key) ? this.forms[key] : [key];
    const form = count === undefined || forms.length === 1 ? 0 : this.#formFor(count);
    return this.#fill(forms[Math.min(form, forms.length - 1)], values);
  }

  #formFor(count: number): number {
    const rules = this.#rules ??= new Intl.PluralRules(this.language);
    return rules.resolvedOptions().pluralCategories.indexOf(rules.select(count));
  }

  /** Fills the placeholders, which a language may use in any order. */
  #fill(template: string, values: readonly Filling[]): string {
    return template.split(/\{(\d+)\}/).reduce((said, part, at) => {
      if (at % 2 === 0) return beside(said, part);
      const value = values[Number(part) - 1];
      return beside(said, typeof value === "object" ? this.translate(value) : String(value));
    }, "");
  }
}
