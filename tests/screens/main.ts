import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureProgram } from "../../tools/apt.ts";
import { terminalSvg } from "./svg.ts";
import { TmuxScreen } from "./tmux.ts";
import { type Tour, tours } from "./tour.ts";

/**
 * `deno task screens [--check] [BOARD]`: runs the real program's wizard with keys, in a terminal of
 * 80 by 24, on simulated cameras. The screens become docs/screens/BOARD.txt, and one of them a
 * picture. What differs between runs is masked, so that the same program writes the same bytes: with
 * `--check` the files stay as they are, and a screen that differs is a failure.
 */

const WIDTH = 80;
const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Walks through a tour. @returns the files of docs/screens/ that show it, by name */
async function walk({ board, stops, options = [] }: Tour): Promise<ReadonlyMap<string, string>> {
  const words = [Deno.execPath(), "run", "-A", file("main.ts"), "--simulate", ...options];
  const screen = TmuxScreen.start(words.join(" "));
  const pages: string[] = [], files = new Map<string, string>();
  try {
    for (const { on, name, keys = [], picture } of stops) {
      const lines = await screen.until(on);
      for (const line of lines) {
        if ([...line].length > WIDTH) throw new Error(`wider than the screen: ${line}`);
      }
      if (name) pages.push(page(name, lines));
      if (picture) {
        files.set(picture, terminalSvg(screen.coloured, WIDTH, `The wizard of unbrick: ${name}`));
      }
      for (const key of keys) screen.press(...(key === " " ? ["Space"] : [key]));
    }
    return files.set(`${board}.txt`, pages.join("\n"));
  } finally {
    screen.close();
  }
}

function page(name: string, lines: readonly string[]): string {
  const title = `---- ${name} `;
  return [title + "-".repeat(WIDTH - title.length), ...lines.map(masked), ""].join("\n");
}

/** Times and the progress bar depend on the machine: `#` takes the place of their numbers. */
function masked(line: string): string {
  const bar = /^(\s*)([█░]+)(.*)$/u.exec(line);
  if (bar) return `${bar[1]}${"░".repeat(bar[2].length)}${bar[3].replace(/\s+\d.*$/, "  # %")}`;
  return line.replaceAll(/(\(|About )(\d+ min )?\d+(\.\d+)? s\b/g, "$1# s");
}

/** Says what differs from a file of docs/screens/. */
function difference(name: string, text: string): string | undefined {
  const before = Deno.readTextFileSync(file(`docs/screens/${name}`)).split("\n");
  const lines = text.split("\n");
  const at = lines.findIndex((line, at) => line !== before[at]);
  if (at < 0 && lines.length === before.length) return undefined;
  return `docs/screens/${name}, line ${at + 1}: is ${JSON.stringify(before[at])}, ` +
    `would be ${JSON.stringify(lines[at])}; deno task screens writes it`;
}

/** Tries a tour. @returns what is wrong */
async function attempt(tour: Tour, isCheck: boolean): Promise<readonly string[]> {
  try {
    const files = [...await walk(tour)];
    if (isCheck) return files.flatMap(([name, text]) => difference(name, text) ?? []);
    for (const [name, text] of files) Deno.writeTextFileSync(file(`docs/screens/${name}`), text);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

const { values: { check = false }, positionals: [wanted] } = parseArgs({
  options: { check: { type: "boolean" } },
  allowPositionals: true,
});
const chosen = tours.filter(({ board }) => wanted === undefined || board === wanted);
if (chosen.length === 0) throw new Error(`there is no tour of ${wanted}`);
await ensureProgram("tmux", "tmux");
const results = await Promise.all(chosen.map(async (tour) => {
  const wrong = await attempt(tour, check);
  console.log(`${wrong.length === 0 ? "ok    " : "FAILED"} docs/screens/${tour.board}.txt`);
  for (const text of wrong) console.log(text.replaceAll(/^/gm, "       "));
  return wrong.length === 0;
}));
const failed = results.filter((isRight) => !isRight).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
