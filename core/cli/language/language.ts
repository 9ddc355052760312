import { environmentValue } from "../../common/environment.ts";

import { UnbrickError } from "../../common/errors.ts";
import { text } from "../../common/text.ts";

/** The languages of unbrick, by their `--lang` names. */
export const languages = ["en", "zh"] as const;
export type Language = (typeof languages)[number];

/** Sources for the language of the person. */
export interface LanguageSources {
  /** `--lang`. */
  readonly asked?: string;
  /** LC_ALL, LC_MESSAGES or LANG, the first that is set: `zh_CN.UTF-8`. */
  readonly locale?: string;
  /** The system's language if no such variable is set, as on Windows: `zh-CN`. */
  readonly system?: string;
}

/**
 * Returns the language to use. A locale without UTF-8 cannot show Chinese; `--lang` overrides that.
 * @throws UnbrickError `usage` for an unsupported language
 */
export function chooseLanguage({ asked, locale, system }: LanguageSources): Language {
  if (asked !== undefined) {
    const language = languages.find((one) => one === asked.toLowerCase());
    if (language) return language;
    throw new UnbrickError(
      "usage",
      text`There is no language "${asked}". Available: ${languages.join(", ")}.`,
      { lang: asked },
    );
  }
  if (locale !== undefined) {
    return /^zh\b|^zh_/i.test(locale) && /utf-?8/i.test(locale) ? "zh" : "en";
  }
  return /^zh\b/i.test(system ?? "") ? "zh" : "en";
}

/** Returns the language sources from the environment of this process. */
export function systemLanguageSources(): Omit<LanguageSources, "asked"> {
  const locale = ["LC_ALL", "LC_MESSAGES", "LANG"].map(environmentValue).find(Boolean);
  // On other systems, no variable means the locale "C", which is English and ASCII.
  const system = Deno.build.os === "windows" ? navigator.language : undefined;
  return { locale, system };
}

/** Returns the value of `--lang` before the command line is parsed: help and errors need it. */
export function requestedLanguage(argv: readonly string[]): string | undefined {
  for (const [at, word] of argv.entries()) {
    if (word === "--") return undefined;
    if (word === "--lang") return argv[at + 1] ?? "";
    if (word.startsWith("--lang=")) return word.slice("--lang=".length);
  }
  return undefined;
}
