import { message, text as literal } from "@optique/core/message";
import type { Suggestion } from "@optique/core/parser";
import { choice, float, string, type ValueParser } from "@optique/core/valueparser";
import { say } from "../language/say.ts";
import { emptyVocabulary, type Vocabulary, type Word } from "../completion/vocabulary.ts";

/** Values of the command line that a shell can complete. Other code checks them. */

/** The source of the suggestions; set only while a line is being completed. */
let vocabulary = emptyVocabulary;

export function withVocabulary<T>(known: Vocabulary, work: () => T): T {
  vocabulary = known;
  try {
    return work();
  } finally {
    vocabulary = emptyVocabulary;
  }
}

type Metavar = Parameters<typeof string>[0] & { readonly metavar: string };

function completed(
  metavar: Metavar,
  suggest: (prefix: string) => Iterable<Suggestion>,
): ValueParser<"sync", string> {
  return { ...string(metavar), suggest };
}

export function* suggestWords(words: readonly Word[], prefix: string): Generator<Suggestion> {
  for (const { word, meaning } of words) {
    if (!word.toLowerCase().startsWith(prefix.toLowerCase())) continue;
    const description = meaning === undefined ? {} : { description: [literal(say(meaning))] };
    yield { kind: "literal", text: word, ...description };
  }
}

/** Suggests full names; short names only if no full name starts this way. */
function suggestBoards(prefix: string): Suggestion[] {
  const { boards, shortBoards } = vocabulary;
  const whole = [...suggestWords(boards, prefix)];
  return whole.length > 0 ? whole : [...suggestWords(shortBoards, prefix)];
}

export const boardName = completed(
  { metavar: "BOARD" },
  suggestBoards,
);
const jobs = ["restore", "flash", "verify", "read"].map((word) => ({ word }));
export const jobOrBoard = completed(
  { metavar: "[JOB] BOARD" },
  (prefix) => [...suggestWords(jobs, prefix), ...suggestBoards(prefix)],
);
export const consentName = completed(
  { metavar: "NAME" },
  (prefix) => suggestWords(vocabulary.consents, prefix),
);
/** What a simulated camera can be at the start. */
export const conditions = ["bricked", "blank", "healthy"] as const;
export const trap = completed(
  { metavar: "NAME[=VALUE]" },
  (prefix) => suggestWords(vocabulary.traps, prefix),
);

const files =
  (type: "file" | "directory" | "any", extensions?: readonly string[]) => (prefix: string) => {
    return [{ kind: "file", type, pattern: prefix, extensions } as const];
  };
export const anyFile = files("any");
export const file = completed({ metavar: "FILE" }, files("file"));
export const script = completed({ metavar: "FILE" }, files("file", [".js"]));
export const pictureName = completed({ metavar: "FILE" }, files("file", [".png", ".jpg"]));
export const folder = completed({ metavar: "FOLDER" }, files("directory"));
export const folderOrZip = completed({ metavar: "DIR|ZIP" }, files("any", [".zip"]));

/** A file that was saved from a camera, or a board. */
export const backupOrBoard = completed({ metavar: "FILE|BOARD" }, (prefix) => [
  ...suggestBoards(prefix),
  ...files("file", [".zip", ".bin", ".img"])(prefix),
]);

/** `ROLE=FILE`, or a file whose name shows the role. */
export const roleFile = completed({ metavar: "ROLE=FILE" }, (typed) => {
  const [prefix] = /^[a-z][a-z0-9-]*=/i.exec(typed) ?? [];
  if (prefix) return [{ kind: "file", type: "file", pattern: typed, prefix }];
  const roles = vocabulary.roles.map(({ word, meaning }) => ({ word: `${word}=`, meaning }));
  return [...suggestWords(roles, typed), ...files("file")(typed)];
});

/** Any text. */
export const anyText = (metavar: string) => string({ metavar } as Metavar);

/** One of a few words. Help does not list them beside the option: listing takes milliseconds. */
export const oneOf = <const T extends string>(
  words: readonly T[],
  metavar: string,
): ValueParser<"sync", T> => ({
  ...choice(words, { metavar: metavar as Metavar["metavar"] & `${string}${string}` }),
  choices: undefined,
});

export const seconds = float({ metavar: "SECONDS", min: 0.001 });

/** A non-negative number of bytes or an address: `4096`, `0x08000000`. */
export const integer: ValueParser<"sync", number> = {
  mode: "sync",
  metavar: "NUMBER",
  placeholder: 0,
  parse(input) {
    const value = /^(0x[0-9a-f]+|\d+)$/i.test(input) ? Number(input) : NaN;
    return Number.isSafeInteger(value)
      ? { success: true, value }
      : { success: false, error: message`${input} is not a number such as 4096 or 0x08000000.` };
  },
  format: String,
};
