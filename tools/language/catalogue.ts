import { names, silentFiles } from "./names.ts";
import { type Sentence, sentencesOf } from "./extract.ts";

/** A part of the catalogues: a file of each language. */
export interface Room {
  /** `dfu`, `cli_views`. */
  readonly name: string;
  readonly sentences: readonly Sentence[];
}

/** The user-visible sentences of the program by rooms; each sentence is in one room only. */
export function roomsOf(files: readonly { path: string; text: string }[]): Room[] {
  const rooms = new Map<string, Sentence[]>();
  const known = new Set<string>();
  for (const { path, text } of files) {
    if (silentFiles.some((silent) => silent.test(path))) continue;
    for (const sentence of sentencesOf(path, text)) {
      if (known.has(sentence.text) || names.some((name) => name.test(sentence.text))) continue;
      known.add(sentence.text);
      const room = roomOf(path);
      rooms.set(room, [...rooms.get(room) ?? [], sentence]);
    }
  }
  return [...rooms].map(([name, sentences]) => ({ name, sentences }))
    .sort((one, other) => one.name < other.name ? -1 : 1);
}

/** `core/protocols/dfu/client/dfu_client.ts` → `dfu`, `core/cli/views/bar.ts` → `cli_views`. */
function roomOf(path: string): string {
  const [house, room, inner, file] = path.split("/");
  if (path.startsWith("core/cli/arguments/")) return "help";
  if (house === "ffi" || inner === undefined) {
    return house === "core" || house === "main.ts" ? "core" : house;
  }
  return room === "cli" && file !== undefined ? `cli_${inner}` : room;
}

/** The room of the sentences that are listed by hand. */
export const byHand = "unseen";

const note =
  "/** Written by `deno task sentences` from the sources; only the translations are by hand. */";

/** The English catalogue's file of a room. */
export function englishFile({ name, sentences }: Room): string {
  let path = "";
  const lines = sentences.flatMap((sentence) => {
    const head = sentence.path === path ? [] : [`// ${sentence.path}`];
    path = sentence.path;
    return [...head, `${JSON.stringify(sentence.text)},`];
  });
  return `${note}\nexport const ${name} = [\n${lines.join("\n")}\n] as const;\n`;
}

/** Another catalogue's file of a room; what is not translated yet is empty. */
export function otherFile(
  { name, sentences }: Room,
  translations: Readonly<Record<string, string>>,
): string {
  const lines = sentences.map(({ text }) =>
    `${JSON.stringify(text)}: ${JSON.stringify(translations[text] ?? "")},`
  );
  return `import type { Catalogue } from "../translate.ts";\n\n${note}\n` +
    `export const ${name}: Catalogue = {\n${lines.join("\n")}\n};\n`;
}

/** The file that joins the rooms of a language. */
export function joiningFile(language: string, rooms: readonly Room[]): string {
  // The list kept by hand is English already.
  const folderOf = (name: string) => language === "english" && name === byHand ? ".." : ".";
  const imports = rooms.map(({ name }) =>
    `import { ${name} } from "${folderOf(name)}/${name}.ts";\n`
  )
    .join("");
  const all = rooms.map(({ name }) => `...${name},`).join("\n");
  return language === "english"
    ? `${imports}\n${note}\nexport const english: readonly string[] = [\n${all}\n];\n`
    : `import type { Catalogue } from "../translate.ts";\n${imports}\n${note}\n` +
      `export const ${language}: Catalogue = {\n${all}\n};\n`;
}

/** What is wrong with a translation; undefined if nothing is. */
export function fault(english: string, other: string): string | undefined {
  const holes = (text: string) =>
    [...text.matchAll(/\{[#=]?(\d+)\}/g)].map(([, number]) => number).sort().join(" ");
  if (other === "") return "has no translation";
  if (holes(english) !== holes(other)) return "has other holes than its translation";
}
