import { po } from "gettext-parser";
import type { Sentence } from "./extract.ts";

/** A sentence in a PO file. */
export interface Entry {
  readonly msgid: string;
  readonly msgid_plural?: string;
  readonly msgstr: readonly string[];
  readonly comments?: {
    readonly reference?: string;
    readonly flag?: string;
    readonly previous?: string;
  };
}

/** The part of gettext-parser's result that is used. */
interface PoFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly translations: Readonly<Record<string, Readonly<Record<string, Entry>>>>;
}

/** Returns true if a person has translated the sentence as it is now. */
export function isTranslated({ msgstr, comments }: Entry): boolean {
  return !msgstr.includes("") && !isFuzzy(comments?.flag);
}

const isFuzzy = (flag = "") => flag.split(", ").includes("fuzzy");

/** Returns the sentences of a PO file, without its header. */
export function entriesOf(source: string): Entry[] {
  const { translations }: PoFile = po.parse(source);
  return Object.values(translations[""] ?? {}).filter(({ msgid }) => msgid !== "");
}

/**
 * Returns the PO file with the sentences of the sources, as msgmerge would: a translation stays
 * with its sentence; a new sentence that is similar to a removed one gets its translation, marked
 * fuzzy; sentences that are gone are removed.
 */
export function renewed(source: string, sentences: readonly Sentence[]): string {
  const file: PoFile = po.parse(source);
  const known = new Map(entriesOf(source).map((entry) => [entry.msgid, entry]));
  const wanted = merged(sentences);
  const gone = [...known.values()].filter(({ msgid, msgstr }) =>
    !wanted.has(msgid) && !msgstr.includes("")
  );
  const header = file.translations[""]?.[""];
  const entries = [...wanted].map(([key, sentence]) => {
    const old = known.get(key);
    return old ? kept(sentence, old) : fresh(sentence, gone);
  });
  const translations = {
    "": Object.fromEntries([["", header], ...entries.map((entry) => [entry.msgid, entry])]),
  };
  return po.compile({ ...file, charset: "utf-8", translations }, { foldLength: 0 }).toString() +
    "\n";
}

interface Wanted {
  readonly key: string;
  readonly plural?: string;
  readonly paths: readonly string[];
}

/** Returns each key once, in the order of the sources, with all files that use it. */
function merged(sentences: readonly Sentence[]): Map<string, Wanted> {
  const plurals = new Set(sentences.flatMap(({ plural }) => plural ?? []));
  const wanted = new Map<string, Wanted>();
  for (const { key, plural, path } of sentences) {
    if (plural === undefined && plurals.has(key)) continue;
    const old = wanted.get(key);
    wanted.set(key, {
      key,
      plural: plural ?? old?.plural,
      paths: [...new Set([...old?.paths ?? [], path])],
    });
  }
  return wanted;
}

function entry({ key, plural, paths }: Wanted, msgstr: readonly string[], more = {}): Entry {
  // With this flag, translators' programs check that every placeholder is in the translation.
  const flag = /\{\d+\}/.test(key + (plural ?? "")) ? { flag: "python-brace-format" } : {};
  return {
    msgid: key,
    ...(plural !== undefined && { msgid_plural: plural }),
    msgstr,
    comments: { reference: paths.join("\n"), ...flag, ...more },
  };
}

function kept(sentence: Wanted, { msgstr, comments, msgid_plural }: Entry): Entry {
  const isFuzzyNow = isFuzzy(comments?.flag) || msgid_plural !== sentence.plural;
  return isFuzzyNow && !msgstr.includes("")
    ? fuzzy(sentence, msgstr, comments?.previous)
    : entry(sentence, msgstr);
}

function fuzzy(sentence: Wanted, msgstr: readonly string[], previous?: string): Entry {
  const { comments } = entry(sentence, msgstr);
  const flag = ["fuzzy", comments?.flag].filter(Boolean).join(", ");
  return entry(sentence, msgstr, { flag, ...(previous !== undefined && { previous }) });
}

/** The share of words that a new sentence must have in common with a removed one. Our choice. */
const ALIKE = 0.6;

function fresh(sentence: Wanted, gone: readonly Entry[]): Entry {
  const best = gone.map((old) => ({ old, share: likeness(sentence.key, old.msgid) }))
    .toSorted((one, other) => other.share - one.share)[0];
  if (!best || best.share < ALIKE) return entry(sentence, [""]);
  return fuzzy(sentence, best.old.msgstr, `msgid ${JSON.stringify(best.old.msgid)}`);
}

/** Returns a number from 0 to 1: the words in both, in relation to all words (Dice). */
function likeness(one: string, other: string): number {
  const [ours, theirs] = [one, other].map((text) => new Set(text.match(/[\p{L}\p{N}]+/gu)));
  const both = ours.intersection(theirs).size;
  return 2 * both / Math.max(1, ours.size + theirs.size);
}
