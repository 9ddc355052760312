import { po } from "gettext-parser";
import type { Filling, Text } from "../../common/text.ts";
import { beside } from "./spacing.ts";

/** The used part of gettext-parser's result. */
interface Parsed {
  readonly translations: Readonly<Record<string, Readonly<Record<string, Entry>>>>;
}

interface Entry {
  readonly msgid: string;
  readonly msgid_plural?: string;
  readonly msgstr: readonly string[];
  readonly comments?: { readonly flag?: string };
}

/** The translations of one language, from a gettext PO file. */
export class Catalogue {
  /** The translations by key, with all plural forms. */
  readonly #forms = new Map<string, readonly string[]>();
  readonly #rules: Intl.PluralRules;
  readonly #categories: readonly string[];

  /**
   * @param source PO in UTF-8; fuzzy and empty translations count as missing
   * @param language BCP 47, for its plural rules
   */
  constructor(source: string, language: string) {
    const { translations }: Parsed = po.parse(source);
    for (const entry of Object.values(translations[""] ?? {})) {
      const { msgid, msgid_plural, msgstr, comments } = entry;
      if (msgid === "" || msgstr.includes("") || comments?.flag?.includes("fuzzy")) continue;
      this.#forms.set(msgid, msgstr);
      if (msgid_plural !== undefined) this.#forms.set(msgid_plural, msgstr);
    }
    this.#rules = new Intl.PluralRules(language);
    this.#categories = this.#rules.resolvedOptions().pluralCategories;
  }

  /** Returns the text in this language, or in English if it has no translation. */
  translate({ key, values, count }: Text): string {
    const forms = this.#forms.get(key) ?? [key];
    const form = count === undefined ? 0 : this.#categories.indexOf(this.#rules.select(count));
    return this.#fill(forms[Math.min(form, forms.length - 1)], values);
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
