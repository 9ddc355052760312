import type { Words } from "../../common/text.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Language } from "./language.ts";

/**
 * The language in which this process speaks to people, as `setlocale` does for a C program. Only texts
 * are translated, and only here at the edge: events, errors and JSON stay English.
 */

let catalogue: Catalogue | undefined;
let language: Language = "en";

/** From now on people are spoken to in this language. */
export async function speak(wanted: Language): Promise<void> {
  catalogue = wanted === "en" ? undefined : (await import("./chinese.ts")).chinese();
  language = wanted;
}

export function spokenLanguage(): Language {
  return language;
}

/** The words in the language of the person; data, and what nobody translated, as it is. */
export function say(words: Words): string {
  return typeof words === "string" ? words : catalogue?.translate(words) ?? words.toString();
}
