import type { Words } from "../../common/text.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Language } from "./language.ts";

/**
 * The language of this process, as set by `setlocale` in a C program. Only texts are translated,
 * and only when they are shown: events, errors and JSON stay in English.
 */

let catalogue: Catalogue | undefined;
let language: Language = "en";

/** Sets the language for all texts from now on. */
export async function setLanguage(wanted: Language): Promise<void> {
  catalogue = wanted === "en" ? undefined : await (await import("./chinese.ts")).chinese();
  language = wanted;
}

export function currentLanguage(): Language {
  return language;
}

/** Returns the text in the current language. Data and untranslated texts stay as they are. */
export function say(words: Words): string {
  return typeof words === "string" ? words : catalogue?.translate(words) ?? words.toString();
}
