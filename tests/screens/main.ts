import { fileURLToPath } from "node:url";
import { terminalSvg } from "./svg.ts";
import { TmuxScreen } from "./tmux.ts";
import { type Tour, tours } from "./tour.ts";

/**
 * `deno task screens [BOARD]`: runs the real program's wizard with keys, in a terminal of 80 by 24,
 * on simulated cameras. The screens become docs/screens/BOARD.txt, and one of them a picture. What
 * differs between runs is masked, so that the same program writes the same bytes.
 */

const WIDTH = 80;
const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

async function walk({ stops, options = [] }: Tour): Promise<string> {
  const words = [Deno.execPath(), "run", "-A", file("main.ts"), "--simulate", ...options];
  const screen = TmuxScreen.start(words.join(" "));
  const pages: string[] = [];
  try {
    for (const { on, name, keys = [], picture } of stops) {
      const lines = await screen.until(on);
      for (const line of lines) {
        if ([...line].length > WIDTH) throw new Error(`wider than the screen: ${line}`);
      }
      if (name) pages.push(page(name, lines));
      if (picture) {
        const svg = terminalSvg(screen.coloured, WIDTH, `The wizard of unbrick: ${name}`);
        Deno.writeTextFileSync(file(`docs/screens/${picture}`), svg);
      }
      for (const key of keys) screen.press(...(key === " " ? ["Space"] : [key]));
    }
    return pages.join("\n");
  } finally {
    screen.close();
  }
}

function page(name: string, lines: readonly string[]): string {
  const title = `---- ${name} `;
  return [title + "-".repeat(WIDTH - title.length), ...lines.map(masked), ""].join("\n");
}

/** Times and the progress bar depend on the machine: each of their digits becomes `#`. */
function masked(line: string): string {
  const hidden = (text: string) => text.replaceAll(/\d/g, "#");
  const bar = /^(\s*)([█░]+)(.*)$/u.exec(line);
  if (bar) return `${bar[1]}${"░".repeat(bar[2].length)}${bar[3].replace(/\s+\d.*$/, "  # %")}`;
  return line.replaceAll(/\(\d+(\.\d+)? s\)|About \d+ s/g, hidden);
}

const [wanted] = Deno.args;
for (const tour of tours.filter(({ board }) => wanted === undefined || board === wanted)) {
  const text = await walk(tour);
  Deno.writeTextFileSync(file(`docs/screens/${tour.board}.txt`), text);
  console.log(`docs/screens/${tour.board}.txt`);
}
