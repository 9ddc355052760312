import type { Language } from "./language.ts";
import { Translator } from "./translate.ts";

/**
 * The language in which this process speaks to people, as `setlocale` does for a C program. Only texts
 * for people are translated, and only here at the edge: events, errors and JSON stay English.
 */

let translator: Translator | undefined;
let language: Language = "en";

/** From now on people are spoken to in this language. */
export async function speak(wanted: Language): Promise<void> {
  if (wanted === "zh") {
    const { chinese } = await import("./chinese/mod.ts");
    if (language !== "zh") translator = new Translator(chinese);
  } else translator = undefined;
  language = wanted;
}

export function spokenLanguage(): Language {
  return language;
}

/** A finished English text, in the language of the person. */
export function say(text: string): string {
  return translator?.translate(text) ?? text;
}
