import { english } from "../core/cli/language/english/mod.ts";
import { unseen } from "../core/cli/language/unseen.ts";
import {
  byHand,
  englishFile,
  fault,
  joiningFile,
  otherFile,
  type Room,
  roomsOf,
} from "./language/catalogue.ts";
import { projectRoot } from "./targets.ts";

/**
 * Keeps the catalogues of the user-visible sentences (core/cli/language) equal to the sources. Writes
 * them, and keeps every translation whose sentence still exists; with `--check` it writes nothing,
 * tells what is missing or too much, and then exits with 1.
 */

const folder = new URL("core/cli/language/", projectRoot);
const isCheck = Deno.args.includes("--check");

function sources(path: string): { path: string; text: string }[] {
  const url = new URL(path, projectRoot);
  if (path.endsWith(".ts")) return [{ path, text: Deno.readTextFileSync(url) }];
  return [...Deno.readDirSync(url)].sort((a, b) => a.name < b.name ? -1 : 1).flatMap((entry) =>
    entry.isDirectory
      ? sources(`${path}${entry.name}/`)
      : entry.name.endsWith(".ts")
      ? sources(path + entry.name)
      : []
  );
}

async function translations(): Promise<Record<string, string>> {
  try {
    const { chinese } = await import(new URL("chinese/mod.ts", folder).href);
    return chinese;
  } catch (error) {
    if (isCheck) throw error;
    console.log(`The Chinese catalogue cannot be read: ${error}`);
    Deno.exit(1);
  }
}

const hand: Room = {
  name: byHand,
  sentences: [...new Set(unseen)].map((text) => ({
    text,
    path: "core/cli/language/unseen.ts",
    line: 0,
  })),
};
const found = roomsOf(["boards/", "core/", "ffi/", "main.ts"].flatMap(sources));
const rooms = [
  ...found.map(({ name, sentences }) => ({
    name,
    sentences: sentences.filter(({ text }) => !unseen.includes(text)),
  })),
  hand,
];
/** The rooms that a language has a file for. */
const own = (language: string) =>
  language === "english" ? rooms.filter(({ name }) => name !== byHand) : rooms;
const chinese = await translations();

const wrong: string[] = [];
const wanted = new Set<string>();
for (const { sentences } of rooms) {
  for (const { text, path, line } of sentences) {
    wanted.add(text);
    const reason = fault(text, chinese[text] ?? "");
    if (reason) wrong.push(`${path}:${line}: ${reason}: ${JSON.stringify(text)}`);
  }
}
if (isCheck) {
  const listed = new Set(english);
  for (const text of wanted) {
    if (!listed.has(text)) wrong.push(`is not in the English catalogue: ${JSON.stringify(text)}`);
  }
}
for (const text of Object.keys(chinese)) {
  if (!wanted.has(text)) wrong.push(`is no sentence of the program: ${JSON.stringify(text)}`);
}

if (!isCheck) {
  for (const language of ["english", "chinese"]) {
    const place = new URL(`${language}/`, folder);
    Deno.mkdirSync(place, { recursive: true });
    for (const { name } of Deno.readDirSync(place)) {
      const isWanted = name === "mod.ts" ||
        own(language).some((room) => `${room.name}.ts` === name);
      if (!isWanted) Deno.removeSync(new URL(name, place));
    }
    for (const room of own(language)) {
      const text = language === "english" ? englishFile(room) : otherFile(room, chinese);
      Deno.writeTextFileSync(new URL(`${room.name}.ts`, place), text);
    }
    Deno.writeTextFileSync(new URL("mod.ts", place), joiningFile(language, rooms));
  }
  const paths = ["english/", "chinese/"].map((name) => new URL(name, folder).pathname);
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", ...paths] }).output();
}

for (const line of wrong) console.log(line);
console.log(`${wanted.size} sentences, ${wrong.length} to do (core/cli/language)`);
if (isCheck && wrong.length > 0) {
  console.log("Run `deno task sentences`, then fill in the empty translations there.");
  Deno.exit(1);
}
