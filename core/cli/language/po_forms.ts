import { po } from "gettext-parser";
import type { Forms } from "./catalogue.ts";

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

/**
 * Returns the translations in a gettext PO file.
 * @param source PO in UTF-8; fuzzy and empty translations count as missing
 */
export function formsOf(source: string): Forms {
  const { translations }: Parsed = po.parse(source);
  const used = Object.values(translations[""] ?? {}).filter(({ msgid, msgstr, comments }) =>
    msgid !== "" && !msgstr.includes("") && !comments?.flag?.includes("fuzzy")
  );
  return Object.fromEntries(
    used.flatMap(({ msgid, msgid_plural, msgstr }) =>
      [msgid, msgid_plural].filter((key) => key !== undefined).map((key) => [key, msgstr])
    ),
  );
}
